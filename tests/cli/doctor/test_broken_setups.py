"""`doctor` names each broken part of a set-up with cause and remedy, and checks the rest.

Each case breaks a sound folder in one way. The servers are real, on loopback.
"""

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from monitor.pipeline.health import PROGRAM, HealthSign
from monitor.runtime.session import utc_now
from monitor.store import problems_and_runs
from tests.builders.channel_servers import certificate, closed_port, smtp
from tests.builders.chat_server import MODEL, chat_model
from tests.builders.databases import empty_database
from tests.builders.feed_publisher import publisher, rss
from tests.builders.golden_wording import GoldenWording
from tests.builders.outside_check import outside_check
from tests.builders.shipped_rules import ROOT
from tests.builders.slack_workspace import workspace
from tests.builders.small_rulebook import SHIPS, SOY
from tests.builders.working_folder import Desk, objects

pytestmark = pytest.mark.slow
"""Each runs the whole `doctor`: together they take half a minute."""

PASSWORD = "open-sesame-1"
TOKEN = "xoxb-77-secret-token"
PAGE = b"<html><body>Please log in</body></html>"


@dataclass
class Bench:
    """A sound folder on which a case may work: files, variables of the environment, and servers that run until its
    end."""

    desk: Desk
    folder: Path
    patch: pytest.MonkeyPatch
    servers: ExitStack = field(default_factory=ExitStack)
    options: tuple[str, ...] = ("--json",)

    def set(self, name: str, text: str) -> None:
        self.patch.setenv(name, text)

    def edit(self, old: str, new: str) -> None:
        self.desk.edit(old, new)

    def add(self, text: str) -> None:
        """More sections, before the others."""
        self.edit("[poll]", f"{text}\n[poll]")

    def route_to(self, channel: str, to: str) -> None:
        self.edit('channel = "file"\nto = "desk@deals.example"', f'channel = "{channel}"\nto = "{to}"')

    def edit_rules(self, old: str, new: str) -> None:
        path = self.desk.folder / "rules" / "deal" / "soy.yaml"
        assert old in SOY
        path.write_text(SOY.replace(old, new), encoding="utf-8")

    def own_templates(self) -> Path:
        shutil.copytree(ROOT / "templates", self.folder / "mine")
        self.edit('templates = "', 'templates = "mine" # ')
        return self.folder / "mine"

    def feeds_at(self, **paths: bytes | None) -> None:
        """The two feeds at a publisher that shows these documents; None: 404."""
        documents = {f"/{name}": body for name, body in paths.items() if body is not None}
        running = self.servers.enter_context(publisher(documents))
        self.edit("http://127.0.0.1:9/", running.url("/"))
        self.desk.run("poll")

    def mail(self, *, port: int, security: str = "starttls", more: str = "") -> None:
        login = 'host = "127.0.0.1"\nsender = "robot@company.org"\n'
        self.add(f'[smtp]\n{login}port = {port}\nsecurity = "{security}"\n{more}')

    def login(self, *, trusted: bool = True, **script: str) -> None:
        """A mail server with a login; it answers as the script says."""
        context, trust = certificate(self.folder)
        offered = ("STARTTLS", "AUTH PLAIN")
        server = self.servers.enter_context(smtp(tls=context, extensions=offered, script=script))
        self.set("DEAL_MONITOR_SMTP__PASSWORD", PASSWORD)
        self.mail(
            port=server.port, more=f'username = "u"\n{f"ca_file = {json.dumps(str(trust))}" if trusted else ""}\n'
        )

    def slack(self, to: str = "C1", **options: object) -> None:
        """A workspace that the route posts to."""
        running = self.servers.enter_context(workspace(**options))
        self.set("DEAL_MONITOR_SLACK__TOKEN", TOKEN)
        self.add(f'[slack]\napi_url = "{running.url}"')
        self.route_to("slack", to)

    def reader(self, *, key: str = "", model: str = MODEL) -> None:
        running = self.servers.enter_context(chat_model(key))
        for name, text in {"soy": SOY, "ships": SHIPS}.items():
            told = f"{text}reads: {{about: what China buys}}\n"
            (self.desk.folder / "rules" / "deal" / f"{name}.yaml").write_text(told, encoding="utf-8")
        self.add(f'[reader]\nbase_url = "{running.url}"\nmodel = "{model}"')


@pytest.fixture
def bench(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(desk, tmp_path, monkeypatch)


Break = Callable[[Bench], object]
CASES: list[ParameterSet] = []
"""How each is broken, and state and subject of the finding."""


def case(name: str, state: str, what: str) -> Callable[[Break], None]:
    return lambda broken: CASES.append(pytest.param(broken, state, what, id=name))


def secrets(bench: Bench, token: bytes) -> Path:
    folder = bench.folder / "credentials"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "slack__token").write_bytes(token)
    bench.set("CREDENTIALS_DIRECTORY", str(folder))
    return folder / "slack__token"


def change(bench: Bench, statement: str) -> None:
    bench.desk.lay_database()
    with closing(sqlite3.connect(bench.desk.database)) as plain, plain:
        plain.execute(statement)


case("misspelt key", "FAIL", "config")(lambda b: b.edit("total_seconds", "total_secnds"))
case("open string", "FAIL", "config")(lambda b: b.edit('name = "desk"', 'name = "desk'))
case("password in the file", "FAIL", "config")(
    lambda b: b.mail(port=25, more=f'username = "u"\npassword = "{PASSWORD}"')
)
case("misspelt variable", "FAIL", "config")(lambda b: b.set("DEAL_MONITOR_SMPT__HOST", "mail.company.org"))
case("missing secrets folder", "FAIL", "config")(
    lambda b: b.set("CREDENTIALS_DIRECTORY", str(b.folder / "credentials"))
)
case("secret that is no text", "FAIL", "config")(lambda b: secrets(b, b"\xff\xfe"))
case("no configuration", "FAIL", "config")(lambda b: b.desk.config.unlink())
case("missing rules folder", "FAIL", "rules")(lambda b: b.edit('rules = "rules"', 'rules = "rulez"'))
case("bad rule", "FAIL", "rules")(lambda b: b.edit_rules("polarity: good", "polarity: godo"))
case("missing template", "FAIL", "templates")(lambda b: (b.own_templates() / "digest.txt.j2").unlink())
case("broken template of pages", "FAIL", "templates")(
    lambda b: (b.own_templates() / "site" / "about.html.j2").write_text("\n\n{{ page.orrigins }}\n", encoding="utf-8")
)
case("route to an unknown commitment", "FAIL", "route")(
    lambda b: b.edit('least_severity = "routine"', 'commitments = ["soyb"]')
)
case("database of a newer version", "FAIL", "database")(
    lambda b: change(b, "UPDATE alembic_version SET version_num = '9999'")
)
case("database of an older version", "warn", "database")(
    lambda b: change(b, "UPDATE alembic_version SET version_num = '0000'")
)
case("no database at all", "FAIL", "database")(lambda b: b.desk.database.write_bytes(b"not a database at all" * 300))
case("feed that is gone", "warn", "source")(lambda b: b.feeds_at(herald=rss(), ministry=None))
case("feed that is a web page", "warn", "source")(lambda b: b.feeds_at(herald=rss(), ministry=PAGE))
case("all feeds dead", "FAIL", "source")(lambda b: b.desk.run("poll"))
case("private addresses", "FAIL", "address")(lambda b: b.edit("allow_private_addresses = true", ""))
case("misspelt publisher", "warn", "publisher")(lambda b: b.edit('publisher = "Ministry"', 'publisher = "Minstry"'))
case("wrong port of the mail server", "FAIL", "mail")(lambda b: b.mail(port=closed_port()))
case("STARTTLS on a plain server", "FAIL", "mail")(lambda b: b.mail(port=b.servers.enter_context(smtp()).port))
case("wrong mail password", "FAIL", "mail")(lambda b: b.login(auth="535 wrong"))
case("untrusted certificate", "FAIL", "mail")(lambda b: b.login(trusted=False))
case("sender that is refused", "FAIL", "mail")(lambda b: b.login(mail="553 not your domain"))
case("wrong token of Slack", "FAIL", "slack")(lambda b: b.slack(refuses={"auth.test": "invalid_auth"}))
case("scope to post is missing", "FAIL", "slack")(lambda b: b.slack(scopes="channels:history,channels:read"))
case("scope to look up is missing", "warn", "slack")(
    lambda b: b.slack(scopes="chat:write", refuses={"conversations.history": "missing_scope"})
)
case("bot is not in the channel", "FAIL", "slack")(
    lambda b: b.slack(refuses={"conversations.history": "not_in_channel"})
)
case("unknown channel", "FAIL", "slack")(lambda b: b.slack("#deal"))
case("wrong key of the reader", "FAIL", "model")(lambda b: b.reader(key="the right key"))
case("unknown model", "warn", "model")(lambda b: b.reader(model="big-model"))
case("pages that nobody serves", "warn", "pages")(
    lambda b: b.add(f'[site]\nbase_url = "http://127.0.0.1:{closed_port()}"')
)


@case("secret that all may read", "warn", "secrets")
def _(b: Bench) -> None:
    secrets(b, TOKEN.encode()).chmod(0o644)
    b.slack()
    b.patch.delenv("DEAL_MONITOR_SLACK__TOKEN")


@case("no route", "warn", "route")
def _(b: Bench) -> None:
    text = b.desk.config.read_text(encoding="utf-8")
    route = text[text.index("[[routes]]") : text.index("[[feeds]]")]
    b.edit(route, "")


@case("everybody has unsubscribed", "FAIL", "route")
def _(b: Bench) -> None:
    b.mail(port=9)
    b.route_to("email", "ann@deals.company")
    b.desk.run("routes", "unsubscribe", "desk", "ann@deals.company", "enough")
    b.options = ("--offline", "--json")


@case("owner has unsubscribed", "warn", "route")
def _(b: Bench) -> None:
    b.mail(port=9)
    b.add('[[routes]]\nname = "boss"\nchannel = "email"\nto = "boss@deals.company"\n[owner]\nroute = "boss"')
    b.route_to("email", "ann@deals.company")
    b.desk.run("routes", "unsubscribe", "boss", "boss@deals.company", "enough")
    b.options = ("--offline", "--json")


@case("data folder that cannot be written", "FAIL", "data")
def _(b: Bench) -> None:
    (b.folder / "file").write_text("", encoding="utf-8")
    b.edit('data = "."', 'data = "file/var"')


@case("database locked", "FAIL", "database")
def _(b: Bench) -> None:
    b.desk.lay_database()
    with closing(sqlite3.connect(b.desk.database)) as plain:
        plain.execute("PRAGMA journal_mode=DELETE")
    other = sqlite3.connect(b.desk.database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    b.servers.callback(other.close)


@case("database of another program", "FAIL", "database")
def _(b: Bench) -> None:
    with closing(sqlite3.connect(b.desk.database)) as other, other:
        other.execute("CREATE TABLE songs (title TEXT)")


@case("damaged database", "FAIL", "database")
def _(b: Bench) -> None:
    content = bytearray(empty_database())
    content[4096 : len(content) - 4096] = os.urandom(1) * (len(content) - 8192)
    b.desk.database.write_bytes(content)


@case("monitor that was killed", "FAIL", "monitor")
def _(b: Bench) -> None:
    with b.desk.opened() as app, app.store.begin() as conn:
        at = app.clock()
        problems_and_runs.keep_run(conn, HealthSign(PROGRAM, at, at, running=True, who="desk:12").as_run())


@case("Slack cannot be reached", "FAIL", "slack")
def _(b: Bench) -> None:
    b.slack()
    b.edit("/api/", "/api/x/")
    text = b.desk.config.read_text(encoding="utf-8")
    b.desk.config.write_text(re.sub(r"127.0.0.1:\d+/api/x/", f"127.0.0.1:{closed_port()}/api/", text), encoding="utf-8")


@case("pages by http", "warn", "pages")
def _(b: Bench) -> None:
    b.add('[site]\nbase_url = "http://localhost.status.example"')
    b.options = ("--json", "--offline")


@case("key of links that others may read", "warn", "pages")
def _(b: Bench) -> None:
    key = b.desk.folder / "site.key"
    key.write_text("0123456789abcdef" * 3, encoding="utf-8")
    key.chmod(0o644)
    b.add(f'[site]\nbase_url = "http://127.0.0.1:{closed_port()}"')


@case("heartbeat refused", "warn", "heartbeat")
def _(b: Bench) -> None:
    check = b.servers.enter_context(outside_check(status=404))
    b.set("DEAL_MONITOR_HEARTBEAT__URL", check.url("/ping/77-secret"))
    b.desk.run("poll")


@pytest.mark.parametrize(("broken", "state", "what"), CASES)
def test_doctor_names_cause_and_remedy(
    bench: Bench, broken: Break, state: str, what: str, wording: GoldenWording
) -> None:
    with bench.servers:
        broken(bench)
        result = bench.desk.run("doctor", *bench.options)
    found = objects(result.stdout)
    fitting = [one for one in found if (one["state"], one["what"]) == (state, what)]
    assert fitting, result.stdout
    today = f"{utc_now():%-d %b %Y}"
    wording((f"{one['text']} – {one['remedy']}" for one in fitting), hide={today: "TODAY"})
    assert result.exit_code == any(one["state"] == "FAIL" for one in found)
    assert "Traceback" not in result.stdout + result.stderr
    assert not any(secret in result.stdout + result.stderr for secret in (PASSWORD, TOKEN, "77-secret"))
