"""`feeds test`: feeds asked now, without a trace."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from monitor.cli.common import echo_json, pluralised, program_clock, settings_of
from monitor.cli.feeds.feed_options import configured_feeds, web_address
from monitor.cli.feeds.trial_text import answer_text, contents_text, error_text, notes_of, values_of, warnings_of
from monitor.domain.text.plain import one_line

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.runtime.feed_trials import FeedToTry, FeedTrial


@click.command("test")
@click.argument("feeds", nargs=-1, metavar="[NAME|URL]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a feed.")
def try_out(feeds: Sequence[str], *, as_json: bool) -> None:
    """Ask feeds now, by NAME or URL (none: all), and say what came; nothing is stored.

    They are asked side by side within the bounds of [poll]. Exit code 1 if any of them cannot be read.
    """
    settings = settings_of()
    wanted = wanted_feeds(settings, feeds)
    if not wanted:
        click.echo("No feed is polled", err=True)
        return
    trials = tried(settings, wanted)
    for trial in trials:
        if as_json:
            echo_json(values_of(trial))
        else:
            click.echo("\n".join(trial_lines(trial)))
    failed = sum(trial.error is not None for trial in trials)
    odd = sum(trial.error is None and bool(warnings_of(trial)) for trial in trials)
    counts = f"{len(trials) - failed - odd} ok, {odd} with a warning, {failed} failed"
    click.echo(f"{pluralised(len(trials), 'feed')} tested: {counts}", err=True)
    if failed:
        raise SystemExit(1)


def wanted_feeds(settings: Settings, names: Sequence[str]) -> list[FeedToTry]:
    """The feeds of these names and addresses; of none, those that are polled. Raises BadParameter with the nearest name."""
    from monitor.config.field_checks import did_you_mean
    from monitor.feeds.url_policy import address_key
    from monitor.runtime.feed_trials import FeedToTry

    if not names:
        return [FeedToTry.configured(feed) for feed in settings.feeds if feed.enabled]
    by_name, by_address = {feed.name: feed for feed in settings.feeds}, configured_feeds(settings)
    found: dict[str, FeedToTry] = {}
    for name in names:
        feed = by_name.get(name)
        if feed is None and "://" in name:
            url = web_address(name)
            feed = by_address.get(address_key(url))
            if feed is None:
                found[url] = FeedToTry(url, url)
                continue
        if feed is None:
            hint = did_you_mean(name, by_name)
            remedy = (
                "write an address with https://" if "." in name and not hint else "deal-monitor feeds list shows them"
            )
            raise click.BadParameter(f"no feed is called {name!r}{hint}; {remedy}", param_hint="NAME")
        found[feed.name] = FeedToTry.configured(feed)
    return list(found.values())


def tried(settings: Settings, feeds: Sequence[FeedToTry]) -> list[FeedTrial]:
    """The trials of these feeds in their order. On a terminal it shows how many are done."""
    from monitor.runtime.feed_trials import feed_tester

    with feed_tester(settings, program_clock()()) as tester:
        trials = {trial.feed.name: trial for trial in _counted(tester.each(feeds), len(feeds))}
    return [trials[feed.name] for feed in feeds]


def _counted(trials: Iterable[FeedTrial], total: int) -> Iterator[FeedTrial]:
    """The same, with the progress on stderr; its line is gone at the end."""
    shown = sys.stderr.isatty()
    for number, trial in enumerate(trials, 1):
        yield trial
        if shown:
            click.echo(f"\r{number} of {total} feeds have answered or failed", err=True, nl=False)
    if shown:
        click.echo("\r\033[K", err=True, nl=False)


def trial_lines(trial: FeedTrial) -> Iterator[str]:
    """The verdict on one feed, and below it what is wrong or odd."""
    name, error = one_line(trial.feed.name, 200), trial.error
    if error is not None:
        yield f"FAIL  {name}: {error_text(error)}"
        if (answer := answer_text(trial)) != "":
            yield f"        {answer}"
        return
    warnings = warnings_of(trial)
    yield f"{'warn' if warnings else 'ok':<4}  {name}: {contents_text(trial)}; {answer_text(trial)}"
    yield from (f"        {one_line(remark)}" for remark in (*warnings, *notes_of(trial)))
