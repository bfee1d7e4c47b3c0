"""`guide`: the guides of the documentation, which travel with the program, so that they are those of its version."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import click

from monitor.cli.common import bundled, echo_json, echo_lines

INDEX = "README"
"""The page of a folder that tells what the folder holds."""


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a guide, with its text where one is named.")
def guide(name: str | None, *, as_json: bool) -> None:
    """List the guides, or show the one called NAME: in a pager on a terminal, as plain text elsewhere.

    \b
    Examples:
      deal-monitor guide rules
      deal-monitor guide decisions/reader
    """
    docs = bundled("docs")
    guides = guides_of(docs)
    if name is None:
        width = max(map(len, guides))
        values = [{"name": one, "title": title_of(path), "path": path} for one, path in guides.items()]
        lines = [f"{one:{width}}  {title_of(path)}" for one, path in guides.items()]
        echo_lines(as_json=as_json, values=values, text=[*lines, "", f"The files are in {docs}"])
        return
    wanted = known_guide(name, list(guides))
    path = guides[wanted]
    text = path.read_text(encoding="utf-8")
    if as_json:
        echo_json({"name": wanted, "title": title_of(path), "path": path, "text": text})
    elif sys.stdout.isatty():
        click.echo_via_pager(text)
    else:
        click.echo(text, nl=False)


def guides_of(docs: Path) -> dict[str, Path]:
    """Name -> file of every guide: the pages at the top first, then those of each folder with its index at the head."""
    pages = sorted(
        docs.rglob("*.md"), key=lambda path: (path.parent != docs, path.parent, path.stem != INDEX, path.stem)
    )
    return {guide_name(path.relative_to(docs)): path for path in pages}


def guide_name(inner: Path) -> str:
    """ "rules" of rules.md, "decisions/reader" of decisions/reader.md, "decisions" of decisions/README.md, "index" of README.md."""
    if inner.stem != INDEX:
        return inner.with_suffix("").as_posix()
    return inner.parent.as_posix() if inner.parent.name else "index"


def title_of(path: Path) -> str:
    """The first heading of a page."""
    with path.open(encoding="utf-8") as stream:
        return next((line.lstrip("# ").strip() for line in stream if line.startswith("# ")), path.stem)


def known_guide(name: str, known: Sequence[str]) -> str:
    """The guide that a name or the path of its file means, as in `docs/rules.md`. Raises BadParameter with the nearest name."""
    wanted = name.lower().removeprefix("docs/").removesuffix(".md").removesuffix(f"/{INDEX.lower()}")
    wanted = "index" if wanted == INDEX.lower() else wanted
    if wanted in known:
        return wanted
    near = get_close_matches(wanted, known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    raise click.BadParameter(f"no guide is called {name!r}{hint} `deal-monitor guide` lists them", param_hint="NAME")
