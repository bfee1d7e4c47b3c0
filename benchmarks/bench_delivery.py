"""A claim costs the same with 100 and with 5,000 messages waiting,
eight senders do the work of six, and a message leaves within a second.

On SQLite, and on a PostgreSQL that runs for the bench. A claim is timed by the clock, because most of it is the work of
the server; the senders wait 300 ms in place of a mail server. From commit to send, the jobs of `run` work as usual.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from statistics import median, quantiles

from sqlalchemy import create_engine, text

from benchmarks.measure import ROOT, Row, Setup, run
from monitor.config import load_settings
from monitor.domain.messages.briefs import AlertBrief, DeliveryReceipt, OutboundMessage
from monitor.logs import setup_logging
from monitor.pipeline import delivery
from monitor.render.sample_messages import filled
from monitor.runtime.app import open_app
from monitor.runtime.health_reports import HealthRecorder
from monitor.runtime.poller import Poller
from monitor.runtime.scheduler import start_jobs, stop_jobs
from monitor.store import Store, open_store, outbox
from monitor.store.json_codec import dump
from monitor.store.outbox import NewOutboxItem
from tests.faults.load import address, binary

FEW, MANY, CLAIMS = 100, 5_000, 40
SEND_SECONDS, EACH = 0.3, 6
"""A mail server's answer, and messages for each sender."""
TOLD = 40
CONFIG = """
[monitor]
database = "{database}"
rules = "{root}/rules"
templates = "{root}/templates"
data = "."
[site]
build = false
[[routes]]
name = "desk"
channel = "email"
to = "desk@deals.test"
"""
NUMBERS = count()


def measure(setup: Setup) -> Iterator[Row]:
    setup_logging(level="error")
    with ExitStack() as stack:
        server = stack.enter_context(address("postgresql")) if binary("initdb") else ""

        def database(kind: str) -> str:
            """The address of an empty one."""
            name, place = f"bench_{next(NUMBERS)}", server.replace("postgresql:", "postgresql+psycopg:")
            if kind == "SQLite":
                return f"sqlite:///{setup.work / name}.db"
            engine = create_engine(place)
            with engine.begin() as conn:
                conn.execute(text(f"CREATE SCHEMA {name}"))
            engine.dispose()
            return f"{place}?options=-csearch_path%3D{name}"

        for kind in ("SQLite", "PostgreSQL"):
            if kind == "PostgreSQL" and not server:
                yield Row("delivery on PostgreSQL", skipped="PostgreSQL is not installed")
                return
            yield from measured_on(setup, kind, partial(database, kind))


def measured_on(setup: Setup, kind: str, database: Callable[[], str]) -> Iterator[Row]:
    many, claims = setup.size(MANY, 200), setup.size(CLAIMS, 3)
    for lanes, name in ((many, "an address each"), (1, "one address")):
        ratios = setup.repeated(partial(claim_ratio, database, many, claims, lanes))
        yield Row(f"claim, {many:,} waiting against {FEW}, {name}, {kind}", ratios, "times", most=1.3)
    each, hands = setup.size(EACH, 1), delivery.HANDS
    gains = setup.repeated(lambda: rate(database(), each, hands) / rate(database(), each, 1))
    note = f"{1000 * SEND_SECONDS:.0f} ms a message"
    yield Row(f"{hands} senders against one, {kind}", gains, "times", least=6, note=note)
    waits = commit_to_send(setup, database(), setup.size(TOLD, 2))
    p95 = quantiles(waits, n=20)[-1]
    yield Row(f"commit to send, p95, {kind}", (p95,), "s", most=1.0, note=f"median {median(waits):.3f} s")


def mails(number: int, lanes: int) -> list[NewOutboxItem]:
    """So many alerts to so many addresses."""
    mail = NewOutboxItem("", "alert", "desk", "email", "", "soy", dump(filled(AlertBrief)))
    return [replace(mail, message_id=f"m{next(NUMBERS)}", to=f"{n % lanes}@deals.test") for n in range(number)]


def claim_ratio(database: Callable[[], str], many: int, claims: int, lanes: int) -> float:
    """How many times longer a claim takes with many messages waiting, in turn with one of few."""
    now = datetime.now(UTC)
    with closing(open_store(database())) as few_wait, closing(open_store(database())) as many_wait:
        taken = {FEW: list[float](), many: list[float]()}
        queues = ((few_wait, FEW), (many_wait, many))
        for store, number in queues:
            with store.begin() as conn:
                outbox.enqueue(conn, mails(number, min(lanes, number)), now)
        for _ in range(claims):
            for store, number in queues:
                taken[number].append(claimed(store, now))
        return median(taken[many]) / median(taken[FEW])


def claimed(store: Store, now: datetime) -> float:
    """Seconds of one claim; its message then counts as sent."""
    began = time.perf_counter()
    with store.begin(alone=False) as conn:
        item = outbox.claim(conn, ["email"], "bench", now, now + timedelta(minutes=5))
    seconds = time.perf_counter() - began
    assert item is not None
    with store.begin(alone=False) as conn:
        outbox.settle(conn, item, outbox.Settlement("sent", "sent", lane_until=now), now)
    return seconds


def rate(database: str, each: int, hands: int) -> float:
    """Messages a second that so many senders send."""
    pause = threading.Event()

    def send(message: OutboundMessage) -> DeliveryReceipt:
        pause.wait(SEND_SECONDS)
        return DeliveryReceipt(message.message_id)

    with closing(open_store(database)) as store:
        now = datetime.now(UTC)
        with store.begin() as conn:
            outbox.enqueue(conn, mails(each * hands, each * hands), now)
        began = time.perf_counter()
        report = delivery.deliver(store, {"email": send}, now, owner="bench", rng=lambda: 0.5, hands=hands)
        return len(report.sent) / (time.perf_counter() - began)


def commit_to_send(setup: Setup, database: str, number: int) -> list[float]:
    """Seconds from the commit of each message to its send, while the program works."""
    folder = setup.work / f"program-{next(NUMBERS)}"
    folder.mkdir()
    (folder / "config.toml").write_text(CONFIG.format(database=database, root=ROOT), encoding="utf-8")
    waits, sent, committed = list[float](), threading.Event(), 0.0

    def send(message: OutboundMessage) -> DeliveryReceipt:
        waits.append(time.perf_counter() - committed)
        sent.set()
        return DeliveryReceipt(message.message_id)

    with closing(open_app(load_settings(folder / "config.toml", environ={}), exclusive=True)) as app:
        app.senders = {"email": send}
        with Poller(app) as poller:
            scheduler = start_jobs(app, poller, HealthRecorder(app, app.clock()), lambda: None)
            for mail in mails(number, number):
                with app.store.begin() as conn:
                    outbox.enqueue(conn, [mail], app.clock())
                    committed = time.perf_counter()
                assert sent.wait(30)
                sent.clear()
                app.stop.wait(0.2)
            app.stop.set()
            stop_jobs(scheduler, 10)
    return waits


if __name__ == "__main__":
    run(__doc__, measure)
