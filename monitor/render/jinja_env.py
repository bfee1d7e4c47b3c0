"""Two Jinja environments over one folder: HTML escapes everything, text nothing. Both are sandboxed and strict.

Templates may be edited by people who do not run the program. So a template has access to its values only, and a
misspelt name is an error with file and line instead of a gap in a mail.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from traceback import extract_tb
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from monitor.domain.text.labels import capitalised, format_date, format_time, local_day, status_caps
from monitor.domain.text.plain import printable, web_link
from monitor.errors import RenderError
from monitor.render.status_style import style_of

TEXT_WIDTH = 78
"""Characters a line of plain text, as RFC 5322 recommends."""
LINK_WIDTH = 100
_TIME = Markup('<time datetime="{}">{}</time>')
SHIPPED_HINT = "`templates` in config.toml names the folder; `deal-monitor init DIR` lays the shipped ones out"


@dataclass(frozen=True)
class Templates:
    """The templates of one folder. `*.html.j2` are escaped, all others are not."""

    folder: Path

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """The template filled in. Raises RenderError with the template's file and line."""
        environment = _environment(self.folder, autoescape=name.endswith(".html.j2"))
        try:
            return environment.get_template(name).render(values)
        except TemplateSyntaxError as error:
            place, text = f"{self.folder / (error.name or name)}:{error.lineno}", error.message
            raise RenderError(f"{place}: {text}", subject=name) from error
        except (TemplateError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError) as error:
            # Jinja maps its frames to lines of templates: the innermost one is the place of the mistake.
            frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
            place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(self.folder / name)
            if isinstance(error, TemplateNotFound):
                text = f"there is no template {error.name}; {SHIPPED_HINT}"
            else:
                text = str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
            raise RenderError(f"{place}: {text}", subject=name) from error

    def text_of(self, name: str) -> str:
        """A file of the folder as it is, such as a style sheet. Raises RenderError."""
        file = self.folder / name
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise RenderError(f"{file} cannot be read: {error}; {SHIPPED_HINT}", subject=name) from error


@lru_cache(maxsize=8)
def _environment(folder: Path, *, autoescape: bool) -> SandboxedEnvironment:
    """Kept for a folder, with its compiled templates: compiling takes longer than rendering ten mails."""
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=autoescape,
        undefined=StrictUndefined,
        # The last cleaning of every printed text: no control characters, no change of text direction.
        finalize=lambda value: value if isinstance(value, Markup) or not isinstance(value, str) else printable(value),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        capitals=status_caps,
        sentence=capitalised,
        wrap=partial(bullet, mark=""),
        link=web_link,
        bullet=bullet,
        whole=unbroken_link,
        tone=lambda status: style_of(status).tone,
        shape=lambda status: style_of(status).shape,
        # A moment as its day in UTC, and as a <time> element; a day as it is: '27 Nov 2026', '27 Nov 2026 14:05 UTC'.
        day=lambda at: format_date(local_day(at, "UTC") if isinstance(at, datetime) else at),
        moment=lambda at: _TIME.format(at.isoformat(timespec="seconds"), format_time(at, "UTC")),
    )
    return environment


def bullet(text: str, indent: int = 0, mark: str = "- ") -> str:
    """`text` as an item of a list, in lines of at most 78 characters: further lines are aligned with its first word."""
    first, rest = " " * indent + mark, " " * (indent + len(mark))
    return textwrap.fill(text, TEXT_WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def unbroken_link(url: str, indent: int = 0) -> str:
    """A link on its own line, never broken. The indent shrinks to keep the line within 100 characters."""
    room = LINK_WIDTH - len(url)
    return " " * (min(indent, room) if room >= 0 else indent) + url
