"""The configuration: one class for each section of config.toml, with the checks inside that section.

Values are strict: "2" in quotes is not a number, and "yes" is neither true nor false. The environment only has texts;
`monitor.config.read_settings` converts them first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from email.utils import getaddresses
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, StringConstraints, ValidationInfo
from pydantic.functional_validators import AfterValidator, BeforeValidator, field_validator

from monitor.config import field_checks
from monitor.config.toml_lines import KeyPath, ValueOrigin
from monitor.domain.alerts.recipients import quiet_until
from monitor.domain.model import Route, Severity
from monitor.domain.model.routes import Cadence

BASE_FOLDER: ContextVar[Path | None] = ContextVar("BASE", default=None)
"""The start of relative paths: the folder of the config file while one is loaded, else the working folder."""


def resolve_path(path: Path) -> Path:
    """An absolute path; '~' is the home folder. A circle of links is reported when the path is opened."""
    return Path(os.path.realpath((BASE_FOLDER.get() or Path.cwd()) / path.expanduser()))


WholeNumber = Annotated[int, Field(strict=True)]
Seconds = Annotated[float, Field(strict=True, gt=0, le=3600)]
StrictBool = Annotated[bool, Field(strict=True)]
LocalPath = Annotated[Path, AfterValidator(resolve_path)]
ZoneName = Annotated[str, AfterValidator(field_checks.check_zone)]
_ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
NonEmptyText = Annotated[_ShortText, AfterValidator(field_checks.check_single_line)]
Slug = Annotated[str, Field(max_length=60), AfterValidator(field_checks.check_slug)]


class ConfigSection(BaseModel):
    """A table of config.toml. Unknown keys are refused, and errors never show a value."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, validate_default=True)


_SMTP_PORTS = {"starttls": 587, "tls": 465, "plain": 25}
SQLITE = "sqlite:///"
_DATABASES = (SQLITE, "postgresql+psycopg://")


def _database(secret: SecretStr) -> SecretStr:
    url = secret.get_secret_value()
    if not url.startswith(_DATABASES):
        raise ValueError(f"must start with {' or '.join(map(repr, _DATABASES))}")
    file = url.removeprefix(SQLITE)
    if file in ("", ":memory:"):
        raise ValueError("names no file, and a database in memory forgets sent messages; write 'sqlite:///var/x.db'")
    return secret if file == url else SecretStr(f"{SQLITE}{resolve_path(Path(file))}")


def _checked_secret(check: Callable[[str], object]) -> AfterValidator:
    """A check of a secret, if there is one."""

    def checked(secret: SecretStr | None) -> SecretStr | None:
        if secret is not None:
            check(secret.get_secret_value())
        return secret

    return AfterValidator(checked)


class MonitorSettings(ConfigSection):
    """[monitor]: files and folders."""

    database: Annotated[SecretStr, AfterValidator(_database)] = SecretStr("sqlite:///var/monitor.db")
    """`sqlite:///FILE`, or `postgresql+psycopg://USER@HOST/NAME`; an address with a password must come from the
    environment."""
    rules: LocalPath = Path("rules")
    """The folder of rule files."""
    templates: LocalPath = Path("templates")
    """The folder of the templates of messages and pages."""
    data: LocalPath = Path("var")
    """The folder for everything the program writes: database, pages, and messages of channels that are not set up."""
    secrets_dir: LocalPath | None = None
    """A folder with a file for each secret, named like `smtp__password`. $CREDENTIALS_DIRECTORY can name it, too."""


class PollSettings(ConfigSection):
    """[poll]: how feeds are fetched. Times are in seconds, sizes in bytes after decompression."""

    timeout_seconds: Seconds = 20.0
    """The limit for one answer of a server."""
    total_seconds: Seconds = 120.0
    """The limit for one feed, with all redirects and retries."""
    max_bytes: Annotated[WholeNumber, Field(ge=1024, le=256 * 2**20)] = 10 * 2**20
    """The largest document that is read."""
    concurrency: Annotated[WholeNumber, Field(ge=1, le=256)] = 16
    """How many feeds are fetched at the same time."""
    per_host: Annotated[WholeNumber, Field(ge=1, le=64)] = 2
    """How many of them on one host."""
    user_agent: NonEmptyText = "deal-monitor/0.1"
    """The User-Agent header of requests."""
    allow_private_addresses: StrictBool = False
    """Whether feeds may be on this machine or in its private network."""
    headers: Annotated[SecretStr | None, _checked_secret(field_checks.read_feed_headers)] = None
    """Lines 'feed = Header: value' for feeds with a login or key: sent to the host of the feed's address only."""

    @field_validator("total_seconds", "per_host")
    @classmethod
    def _both_have_effect(cls, limit: float, info: ValidationInfo) -> float:
        if info.field_name == "total_seconds" and limit < info.data.get("timeout_seconds", 0):
            raise ValueError("is shorter than timeout_seconds, which would then have no effect")
        if info.field_name == "per_host" and limit > info.data.get("concurrency", limit):
            raise ValueError("is larger than concurrency and so has no effect; lower it")
        return limit


class SlackSettings(ConfigSection):
    """[slack]: a bot token, or an incoming webhook; never both."""

    channel: Annotated[NonEmptyText, AfterValidator(field_checks.check_slack_place)] | None = None
    """The channel of routes without a `to`."""
    api_url: Annotated[str, AfterValidator(field_checks.check_private_url)] = "https://slack.com/api/"
    """The address of Slack's API; change it only for tests."""
    token: SecretStr | None = None
    """A bot token (`xoxb-…`) with the scope `chat:write`: one thread for each commitment."""
    webhook: Annotated[SecretStr | None, _checked_secret(field_checks.check_private_url)] = None
    """An incoming webhook: one channel, without threads."""

    @field_validator("webhook")
    @classmethod
    def _one_way(cls, webhook: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if webhook is not None and info.data.get("token") is not None:
            raise ValueError("has no effect together with a token; set only one of them")
        return webhook


class SmtpSettings(ConfigSection):
    """[smtp]: the mail server. Without a host, mails are written to files."""

    host: Annotated[NonEmptyText, AfterValidator(field_checks.check_host)] | None = None
    """The mail server. Without it, mails are written to files."""
    security: Literal["starttls", "tls", "plain"] = "starttls"
    """`starttls`, `tls`, or `plain`, which is only safe on this machine."""
    port: Annotated[WholeNumber, Field(ge=0, le=65535)] = 0
    """0 means the usual port of `security`; after loading it is that port."""
    username: NonEmptyText | None = None
    """The user name, if the server requires a login."""
    password: SecretStr | None = None
    """The password of this user."""
    sender: NonEmptyText | None = None
    """The From address: `Deal monitor <monitor@company.org>`."""
    unsubscribe: NonEmptyText | None = None
    """The address for unsubscribing; the sender's if left out."""
    timeout_seconds: Seconds = 30.0
    """The limit for one answer of the server."""
    ca_file: LocalPath | None = None
    """Certificates to trust instead of the system's."""

    @field_validator("port", "password", "sender", "unsubscribe", "ca_file")
    @classmethod
    def _goes_with_the_others(cls, given: Any, info: ValidationInfo) -> Any:
        username, host, security = (info.data.get(name) for name in ("username", "host", "security"))
        match info.field_name:
            case "port":
                return given or _SMTP_PORTS[security or "starttls"]
            case "password" if username and given is None:
                raise ValueError(
                    "is missing, but username is set; set DEAL_MONITOR_SMTP__PASSWORD or a file smtp__password"
                )
            case "password" if given and not username and "username" in info.data:
                raise ValueError("has no effect without username")
            case "password" if given and security == "plain" and host and not field_checks.is_loopback(host):
                raise ValueError("would be sent unencrypted with security = 'plain'; choose 'starttls' or 'tls'")
            case "sender" if given is None and host:
                raise ValueError("is missing; write the From address of mails")
            case "sender" | "unsubscribe" if given is not None:
                if len(getaddresses([field_checks.check_addresses(given)])) > 1:
                    raise ValueError(f"{given!r} must be one address")
            case "ca_file" if given is not None and security == "plain":
                raise ValueError("has no effect with security = 'plain'")
            case "ca_file" if given is not None and not given.is_file():
                raise ValueError(f"'{given}' is not a file")
        return given


class AppriseSettings(ConfigSection):
    """[apprise]: other services, with the optional package of that name."""

    urls: Annotated[SecretStr | None, _checked_secret(field_checks.read_targets)] = None
    """'phone=pover://… team=msteams://…': the targets for routes, each with its secret address."""

    @property
    def targets(self) -> dict[str, str]:
        return field_checks.read_targets(self.urls.get_secret_value()) if self.urls else {}


class ReaderSettings(ConfigSection):
    """[reader]: a language model that reads together with the rules. Off unless base_url and model are set."""

    base_url: Annotated[str, AfterValidator(field_checks.check_base_url)] | None = None
    """The address of a server with the OpenAI chat-completions API, without /chat/completions."""
    model: NonEmptyText | None = None
    """The name of the model on the server."""
    daily_tokens: Annotated[WholeNumber, Field(ge=1_000, le=1_000_000_000)] = 200_000
    """The limit for a day (UTC), prompts and answers together; beyond it only the rules read."""
    batch: Annotated[WholeNumber, Field(ge=1, le=50)] = 20
    """The maximum number of stories in one request."""
    timeout_seconds: Annotated[float, Field(strict=True, gt=0, le=600)] = 30.0
    """The limit for one request with its answer."""
    weekly_review: StrictBool = False
    """Whether the model also reviews the board once a week, shortly before the owner's digest, for at most 30,000
    tokens. Its answers change no status: where they differ, `inbox list` and the owner's digest show it."""
    key: Annotated[SecretStr | None, _checked_secret(field_checks.check_single_line)] = None
    """The API key, if the server requires one."""

    @field_validator("model", "weekly_review", "key")
    @classmethod
    def _goes_with_base_url(cls, given: object, info: ValidationInfo) -> object:
        base_url, is_key = info.data.get("base_url"), info.field_name == "key"
        if base_url and given is None and info.field_name == "model":
            raise ValueError("is missing, but base_url is set; write the name of the model on the server")
        if given and base_url is None and "base_url" in info.data and not is_key:
            raise ValueError("has no effect without base_url; write the address of the server, or leave both out")
        if given and is_key and base_url and not field_checks.protects_secrets(base_url):
            raise ValueError("would be sent unencrypted: base_url must start with https:// unless it is this machine")
        return given


class SiteSettings(ConfigSection):
    """[site]: the pages and their server, `site serve`."""

    build: StrictBool = True
    """Whether a running monitor builds the pages after each change; `site build` always does."""
    base_url: Annotated[str, AfterValidator(field_checks.check_base_url)] | None = None
    """The public address of the pages, without '/' at its end. Messages link to it; without it they have no such
    links."""
    actions: StrictBool = False
    """Whether base_url leads to `site serve`, so that messages can have signed links to unsubscribe and to report a
    message as wrong. A plain web server cannot handle these."""
    title: NonEmptyText = "Deal monitor"
    """The heading of the board."""
    contact: Annotated[str, AfterValidator(field_checks.check_addresses)] | None = None
    """The mail address where readers report errors. The pages show it; without it they have no such link."""
    host: Annotated[NonEmptyText, AfterValidator(field_checks.check_host)] = "127.0.0.1"
    """The address that `site serve` listens on; the default is this machine only."""
    port: Annotated[WholeNumber, Field(ge=1, le=65535)] = 8470
    """The port that `site serve` listens on."""
    names: tuple[Annotated[NonEmptyText, AfterValidator(field_checks.check_host)], ...] = ()
    """Additional host names of `site serve`, such as its container. The host of base_url and `host` are
    included."""
    key: SecretStr | None = None
    """The key of signed links, 32 characters or more; several separated by spaces or lines: the first one signs, all
    are accepted. Without it, one is generated and kept in the data folder."""

    @field_validator("actions")
    @classmethod
    def _reaches_readers(cls, actions: bool, info: ValidationInfo) -> bool:
        base_url = info.data.get("base_url")
        if actions and base_url is None and "base_url" in info.data:
            raise ValueError(
                "has no effect without base_url; write the public address of `site serve`, as in 'https://…'"
            )
        if actions and base_url and not field_checks.protects_secrets(base_url):
            raise ValueError("needs an encrypted connection: base_url must start with https://")
        return actions

    @field_validator("key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        lines = key.get_secret_value().split() if key is not None else []
        if key is not None and (not lines or min(map(len, lines)) < 32):
            raise ValueError("is too short; give 32 characters or more")
        return key


class HeartbeatSettings(ConfigSection):
    """[heartbeat]: an outside service that is called while the monitor is healthy, and raises an alarm when the calls
    stop."""

    url: Annotated[SecretStr | None, _checked_secret(field_checks.check_private_url)] = None
    """A secret, because anyone who knows it can call it."""
    seconds: Annotated[WholeNumber, Field(ge=30, le=86_400)] = 300
    """Time between two calls."""


class OwnerSettings(ConfigSection):
    """[owner]: who is notified of broken channels, feeds and rules, and whose messages name commands and rules."""

    route: Slug | None = None
    """The name of the route for notices about the program."""


class RouteSettings(ConfigSection):
    """[[routes]]: who gets which messages, where and when."""

    name: Slug
    """The name of the route in messages, pages and commands."""
    channel: Literal["email", "slack", "apprise", "file"]
    """`email`, `slack`, `apprise`, or `file`, which writes messages to a folder."""
    to: Annotated[str, Field(max_length=1000)] = ""
    """Mail addresses separated by commas, a Slack channel (default: `[slack] channel`), or a target of `[apprise]`."""
    commitments: Annotated[tuple[str, ...], AfterValidator(field_checks.check_commitments)] = ("*",)
    """The commitments of the route: ids (with their parts), `prefix*`, the id of a deal for all of it, or `*`."""
    zone: ZoneName = "UTC"
    """The zone of printed times, of quiet hours and of the digest."""
    quiet_hours: Annotated[tuple[str, str] | None, BeforeValidator(field_checks.read_quiet_hours)] = None
    """`22:00-07:00`: messages wait until the end of these hours and are sent as one summary."""
    least_severity: Literal["routine", "notable", "urgent"] = "notable"
    """Changes below it are not sent: routine, notable or urgent."""
    tell: Literal["changes", "events"] = "changes"
    """changes: and the most important events; events: also every event that changes no status."""
    digest: Annotated[Cadence | None, BeforeValidator(field_checks.read_digest)] = None
    """The time of the digest: `mon 08:00`, `daily 08:00`, `fortnightly mon 08:00`, `monthly 1 08:00`. Without it, none
    is sent."""

    approval: StrictBool = False
    """Whether its alerts and digests wait until an editor approves, rejects or mutes them. The route in `[owner]` asks
    for the decision; without one they expire after `held_hours` of `policy.yaml`."""

    @field_validator("digest")
    @classmethod
    def _outside_quiet_hours(cls, digest: Cadence | None, info: ValidationInfo) -> Cadence | None:
        quiet = info.data.get("quiet_hours")
        if digest is not None and quiet:
            moment = datetime.combine(date(2026, 1, 5), time.fromisoformat(digest.hour), UTC)
            if quiet_until(Route("", "", "", quiet=quiet), moment) is not None:  # the rule that holds messages back
                raise ValueError(f"{digest.hour} is in the quiet hours {'-'.join(quiet)}; choose a time outside them")
        return digest

    @field_validator("to", mode="before")
    @classmethod
    def _one_text(cls, to: object) -> object:
        if isinstance(to, list):
            raise ValueError("must be one text; write several addresses as 'a@company.org, b@company.org'")
        return to

    @field_validator("to")
    @classmethod
    def _fits_channel(cls, to: str, info: ValidationInfo) -> str:
        if info.data.get("channel") == "email":
            return field_checks.check_addresses(to)
        if info.data.get("channel") == "slack":
            return field_checks.check_slack_place(to.strip())
        if info.data.get("channel") == "apprise" and (not to.strip() or field_checks.resembles_secret(to)):
            problem = "is an address, which is a secret" if to.strip() else "is missing"
            raise ValueError(f"{problem}; write the name of the target in apprise.urls")
        return to.strip()


class FeedSettings(ConfigSection):
    """[[feeds]]: one address to poll."""

    name: NonEmptyText
    """The name of the feed in lists, logs and pages."""
    url: Annotated[str, AfterValidator(field_checks.check_feed_url)]
    """The address to poll."""
    publisher: str = ""
    """Its name in rules/sources.yaml; default: the name of the feed."""
    aggregator: StrictBool = False
    """Whether it carries the reports of others: only then the publishers that its items name count."""
    interval: Annotated[int, BeforeValidator(field_checks.read_interval)]
    """The time between polls: '15m', '1h'."""
    lang: Annotated[str, AfterValidator(field_checks.check_lang)] = ""
    """The language, `en` or `zh`, of items that name none."""
    zone: ZoneName = "UTC"
    """The zone of dates without one; it also settles an ambiguous name, such as the CST of `Asia/Shanghai`."""
    enabled: StrictBool = True
    """Whether it is polled."""

    @field_validator("publisher")
    @classmethod
    def _own_name(cls, publisher: str, info: ValidationInfo) -> str:
        return publisher.strip() or str(info.data.get("name", ""))

    @property
    def has_publisher(self) -> bool:
        """Whether a publisher is configured: no link of an item then makes another one count."""
        return "publisher" in self.model_fields_set


class Settings(ConfigSection):
    """The whole checked configuration, made by `monitor.config.load_settings`."""

    monitor: MonitorSettings = MonitorSettings()
    poll: PollSettings = PollSettings()
    slack: SlackSettings = SlackSettings()
    smtp: SmtpSettings = SmtpSettings()
    apprise: AppriseSettings = AppriseSettings()
    reader: ReaderSettings = ReaderSettings()
    owner: OwnerSettings = OwnerSettings()
    site: SiteSettings = SiteSettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    routes: tuple[RouteSettings, ...] = ()
    feeds: tuple[FeedSettings, ...] = ()

    _path: Path | None = PrivateAttr(default=None)
    _warnings: tuple[str, ...] = PrivateAttr(default=())
    _place: Callable[[KeyPath], ValueOrigin] | None = PrivateAttr(default=None)

    @property
    def path(self) -> Path | None:
        return self._path

    def place(self, at: KeyPath) -> ValueOrigin:
        """The origin of a value, for problems that are found later."""
        return self._place(at) if self._place else ValueOrigin("settings")

    @property
    def warnings(self) -> tuple[str, ...]:
        """Likely mistakes with their places, for `run` and `doctor`."""
        return self._warnings

    @property
    def database(self) -> str:
        """The SQLAlchemy address; never print it, because it may contain a password."""
        return self.monitor.database.get_secret_value()

    @property
    def outbox_dir(self) -> Path:
        return self.monitor.data / "outbox"

    @property
    def site_dir(self) -> Path:
        """The pages: a link to the folder of the newest build."""
        return self.monitor.data / "site"

    @property
    def site_key_file(self) -> Path:
        """The generated key of signed links, unless [site] has one."""
        return self.monitor.data / "site.key"

    def live_channels(self) -> frozenset[str]:
        """The channels that are set up; messages for others are written to files."""
        ready = {"slack": self.slack.token or self.slack.webhook, "email": self.smtp.host, "apprise": self.apprise.urls}
        return frozenset({"file", *(name for name, is_ready in ready.items() if is_ready)})

    @property
    def feed_headers(self) -> dict[str, dict[str, str]]:
        return field_checks.read_feed_headers(self.poll.headers.get_secret_value()) if self.poll.headers else {}

    def secret_values(self) -> tuple[str, ...]:
        """All secrets in plain text, for `monitor.logs` to redact."""
        given = (self.slack.token, self.slack.webhook, self.smtp.password, self.reader.key)
        secrets = (*given, self.heartbeat.url)
        values = [secret.get_secret_value() for secret in secrets if secret is not None]
        values += self.site.key.get_secret_value().split() if self.site.key is not None else []
        for value in (value for own in self.feed_headers.values() for value in own.values()):
            values += [value, value.partition(" ")[2]]  # "Bearer key", and the key alone
        if self.poll.headers:  # a password as it was written
            values += re.findall(r"(?i)\bbasic +[^\s:]+:(\S+)", self.poll.headers.get_secret_value())
        password = field_checks.url_password(self.database)
        return (*filter(None, values), *self.apprise.targets.values(), *([password] if password else []))

    def domain_routes(self) -> tuple[Route, ...]:
        """The routes for the domain, with their configured channels (see `live_channels`)."""
        routes = []
        for route in self.routes:
            to = route.to or (self.slack.channel or "" if route.channel == "slack" else "")
            who = (route.name, route.channel, to, route.commitments, Severity[route.least_severity.upper()])
            times, is_owner = (route.zone, route.quiet_hours, route.digest), route.name == self.owner.route
            routes.append(Route(*who, *times, route.tell, route.approval, is_owner))
        return tuple(routes)
