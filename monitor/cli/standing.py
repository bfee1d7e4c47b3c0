"""`status` and `digest`: where each commitment stands, and the regular summary."""

from __future__ import annotations

import webbrowser
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import Moment, echo_json, opened

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.domain.brief import Parcel
    from monitor.domain.model import Route, Verdict


@click.command()
@click.argument("commitment", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a commitment.")
@click.pass_context
def status(ctx: click.Context, *, commitment: str | None, as_json: bool) -> None:
    """Where each commitment stands, or all that is known of one COMMITMENT."""
    with opened(ctx) as app:
        verdicts = published(app)
        names = [commitment] if commitment else sorted(verdicts)
        if commitment and commitment not in verdicts:
            raise click.BadParameter(unknown(commitment, list(app.rulebook.commitments)), param_hint="COMMITMENT")
        if as_json:
            for name in names:
                echo_json(as_values(app, name, verdicts[name]))
        elif commitment:
            show_one(app, commitment, verdicts[commitment])
        else:
            show_all(app, verdicts)


def published(app: App) -> dict[str, Verdict]:
    """The stored verdicts; of a commitment never decided, what its baseline and the calendar make of it now."""
    from monitor.store import cases

    with app.store.read() as conn:
        stored = {name: record.published for name, record in cases.records(conn).items()}
    return {name: stored.get(name) or undecided(app, name) for name in app.rulebook.commitments}


def undecided(app: App, name: str) -> Verdict:
    from monitor.domain.decide import decide, initial
    from monitor.domain.model import Case

    commitment = app.rulebook.commitments[name]
    start = initial(commitment, app.clock())
    return decide(Case(commitment, start, (), (), start), {}, app.rulebook, app.clock()).verdict


def unknown(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"no commitment is called {name!r}{hint} Known: {', '.join(sorted(known))}"


def as_values(app: App, name: str, verdict: Verdict) -> dict[str, Any]:
    commitment = app.rulebook.commitments[name]
    return {
        "commitment": name, "name": commitment.name, "status": verdict.status, "standing": verdict.standing.value,
        "outlook": verdict.outlook.value, "since": verdict.since, "outlook_since": verdict.outlook_since,
        "why": verdict.why, "last_evidence": verdict.last_evidence, "steps": list(verdict.steps),
        "flags": [{"kind": f.kind.value, "subject": f.subject, "since": f.since, "detail": f.detail} for f in verdict.flags],
        "deadlines": [
            {"what": d.what, "kind": d.kind, "date": d.date, "said_by": d.said_by, "state": d.state}
            for d in verdict.deadlines
        ],
        "progress": {
            "counted": p.counted, "low": p.low, "high": p.high, "target": p.target, "unit": p.unit, "basis": p.basis,
            "share": p.share,
        } if (p := verdict.progress) else None,
        "evidence": [*verdict.evidence, *verdict.outlook_evidence],
    }  # fmt: skip


def show_all(app: App, verdicts: dict[str, Verdict]) -> None:
    from monitor.cli.tables import console, standings

    console().print(standings(app.rulebook.commitments, verdicts, app.clock()))


def show_one(app: App, name: str, verdict: Verdict) -> None:
    from monitor.cli.tables import flag_words, progress_words, status_words
    from monitor.store import cases, signals, stories

    commitment = app.rulebook.commitments[name]
    click.echo(f"{commitment.name} ({name})")
    click.echo(f"{status_words(verdict)} since {verdict.since:%-d %B %Y}: {verdict.why}")
    for label, text in (("flags", flag_words(verdict)), ("progress", progress_words(verdict.progress))):
        if text:
            click.echo(f"{label}: {text}")
    for deadline in verdict.deadlines:
        click.echo(f"{deadline.kind} {deadline.date:%-d %B %Y}: {deadline.what} ({deadline.said_by}, {deadline.state})")
    for word, text in commitment.criteria:
        click.echo(f"criteria for {word.replace('_', ' ')}: {text}")
    with app.store.read() as conn:
        past = cases.history(conn, [name])
        latest = signals.latest(conn, name, 8)
        heard = stories.by_ids(conn, {s.story for s in latest})
    click.echo("\nchanges, newest last:" if past else "\nno change recorded yet")
    for move in past:
        click.echo(
            f"  {move.at:%Y-%m-%d}  {move.kind.value:<8} {move.frm or '-'} -> {move.to}  {move.reason.text[:100]}"
        )
    click.echo("\nlatest evidence:" if latest else "\nno evidence yet")
    for s in latest:
        outlet = heard[s.story].source if s.story in heard else ""
        click.echo(f"  {s.happened.end:%Y-%m-%d}  {s.effect.value:<9} {outlet}: {s.quote}  [{s.rule}]")


@click.command()
@click.option("--preview", is_flag=True, required=True, help="Make the digest of now and show it; nothing is sent.")
@click.option("--route", "route_name", help="As this route would get it [the first with a digest].")
@click.option("--since", type=Moment(), help="Start of the period [a week before now].")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Also write .eml and .html there.")
@click.option("--open", "open_it", is_flag=True, help="Open the HTML in a browser (with --out).")
@click.pass_context
def digest(
    ctx: click.Context,
    *,
    preview: bool,
    route_name: str | None,
    since: datetime | None,
    out: Path | None,
    open_it: bool,
) -> None:
    """Show the digest as it would be sent now."""
    del preview
    with opened(ctx) as app:
        parcel = digest_parcel(app, pick_route(app, route_name), since)
        click.echo(app.renderer.text(parcel))
        if out:
            written = write_out(app, parcel, out)
            click.echo(f"written to {written.parent}", err=True)
            if open_it:
                webbrowser.open(written.as_uri())


def pick_route(app: App, name: str | None) -> Route:
    with_digest = [route for route in app.routes if route.digest]
    found = [route for route in app.routes if route.name == name] if name else (with_digest or list(app.routes))
    if not found:
        known = ", ".join(route.name for route in app.routes) or "none are configured"
        raise click.BadParameter(f"no such route (routes: {known})", param_hint="--route")
    return found[0]


def digest_parcel(app: App, route: Route, since: datetime | None) -> Parcel:
    from monitor.app import sources
    from monitor.digest import WEEK, brief
    from monitor.domain.brief import Parcel

    now = app.clock()
    with app.store.read() as conn:
        made = brief(conn, app.rulebook, route, sources(app), since or now - WEEK, now)
    return Parcel(f"preview-{now:%Y%m%dT%H%M%S}", 0, route.channel, route.to or "you@localhost", "digest", "", made)


def write_out(app: App, parcel: Parcel, folder: Path) -> Path:
    """The mail as .eml and its HTML part as a page; returns the page."""
    from monitor.render.pages import page_of

    folder.mkdir(parents=True, exist_ok=True)
    raw = app.renderer.mail(parcel)
    (folder / "digest.eml").write_bytes(raw)
    page = folder / "digest.html"
    page.write_text(page_of(raw), encoding="utf-8")
    return page.resolve()
