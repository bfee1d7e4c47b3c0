"""Two Jinja environments over one folder: HTML escapes everything, text nothing. Both are sandboxed and strict.

The people who edit templates are not those who run the program: a template can reach nothing but the values it is
given, and a name it misspells is an error with file and line, not an empty place in a mail.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from traceback import extract_tb
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from monitor.domain.messages.models import ReportLink
from monitor.domain.text.labels import join_few, label_of, status_caps
from monitor.domain.text.plain import printable, web_link
from monitor.errors import RenderError
from monitor.render.status_style import style_of

TEXT_WIDTH = 78
LINK_WIDTH = 100
SHIPPED_HINT = "`templates` in config.toml names the folder; `deal-monitor init DIR` lays the shipped ones out"


class Templates:
    """The templates of one folder. `*.html.j2` are escaped, all others are not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._html = _environment(folder, autoescape=True)
        self._text = _environment(folder, autoescape=False)

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """The template filled in. Raises RenderError with the template's file and line."""
        environment = self._html if name.endswith(".html.j2") else self._text
        try:
            return environment.get_template(name).render(values)
        except TemplateSyntaxError as error:
            raise RenderError(
                f"{self.folder / (error.name or name)}:{error.lineno}: {error.message}", subject=name
            ) from error
        except (TemplateError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError) as error:
            raise RenderError(f"{self._place(name, error)}: {_template_error_text(error)}", subject=name) from error

    def css(self) -> str:
        """The style sheet that is written into the HTML's elements."""
        try:
            return (self.folder / "mail.css").read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise RenderError(
                f"{self.folder / 'mail.css'} cannot be read: {error}; {SHIPPED_HINT}", subject="mail.css"
            ) from error

    def _place(self, name: str, error: Exception) -> str:
        """The innermost line of a template in the traceback: Jinja maps its frames to template lines."""
        frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
        return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(self.folder / name)


def _template_error_text(error: Exception) -> str:
    text = str(error)
    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name}; {SHIPPED_HINT}"
    return text if isinstance(error, TemplateError) else f"{type(error).__name__}: {text}"


def _environment(folder: Path, *, autoescape: bool) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=autoescape,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        capitals=status_caps,
        words=label_of,
        anchor=anchor,
        few=_enumerated if autoescape else join_few,
        wrap=wrap,
        link=web_link,
        bullet=bullet,
        whole=unbroken_link,
        tone=_tone,
        shape=_shape,
    )
    return environment


def _finalize(value: Any) -> Any:
    """Nothing that a template prints may steer a terminal, a mail or the direction of the text around it."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return printable(value)
    return value


def _tone(status: str) -> str:
    return style_of(status).tone


def _shape(status: str) -> str:
    return style_of(status).shape


def anchor(report: ReportLink) -> Markup:
    """The name of an outlet as a link to its report; alone where there is none to open."""
    url, name = web_link(report.url), printable(report.outlet)
    return Markup('<a href="{}">{}</a>').format(url, name) if url else escape(name)


def _enumerated(names: Iterable[str]) -> Markup:
    return Markup(join_few([str(escape(name)) for name in names]))  # noqa: S704 - each name is escaped


def wrap(text: str, indent: int = 0) -> str:
    """`text` in lines of at most 78 characters, each after `indent` blanks."""
    return _filled(text, " " * indent, " " * indent)


def bullet(text: str, indent: int = 0, mark: str = "- ") -> str:
    """`text` as an item of a list, its further lines under its first word."""
    return _filled(text, " " * indent + mark, " " * (indent + len(mark)))


def unbroken_link(url: str, indent: int = 0) -> str:
    """A link on a line of its own, never broken; moved to the left by what keeps the line within 100 characters.

    Where nothing does, it keeps its place under the words that it belongs to.
    """
    room = LINK_WIDTH - len(url)
    return " " * (min(indent, room) if room >= 0 else indent) + url


def _filled(text: str, first: str, rest: str) -> str:
    return textwrap.fill(text, TEXT_WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
