"""Mail by SMTP, spoken step by step.

Which step failed decides what is known: before the final dot the server has taken nothing, after it nobody can say.
smtplib's own `send_message` reports a time-out in either place by the same error, so the steps are taken by hand.
"""

from __future__ import annotations

import contextlib
import re
import select
import smtplib
import ssl
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Literal

from monitor.domain.messages.models import DeliveryReceipt
from monitor.errors import ChannelError, ConfigError

SmtpSecurity = Literal["starttls", "tls", "plain"]
PORTS = {"starttls": 587, "tls": 465, "plain": 25}
QUIT_TIMEOUT = 2.0
HANGUP_POLL_MS = 20
REMEDIES = {
    "connecting": "check smtp.host, smtp.port and smtp.security",
    "greeting": "check smtp.host, smtp.port and smtp.security",
    "starting TLS": "check smtp.port and smtp.security",
    "logging in": "check smtp.username and its password",
    "naming the sender": "check smtp.sender",
}
"""What a person can look at, by the step that failed."""
CA_FILE_HINT = (
    "if the server has an authority of its own, name its certificate in smtp.ca_file; smtp.host must be the name in it"
)
LEADING_DOT = re.compile(rb"(?m)^\.")
LINE_END = re.compile(rb"\r\n|\r|\n")


class EmailChannel:
    """One SMTP server. Times are in seconds; `sender` is the envelope's sender (bounces go there).

    mode `starttls` (the default) and `tls` never fall back to an unprotected connection; `plain` is for a relay on
    the same machine and refuses a password.
    """

    def __init__(
        self,
        host: str,
        port: int | None = None,
        *,
        sender: str,
        mode: SmtpSecurity = "starttls",
        username: str = "",
        password: str = "",
        timeout: float = 20.0,
        deadline: float = 90.0,
        ca_file: str | None = None,
    ) -> None:
        if mode == "plain" and password:
            raise ConfigError(
                'smtp.security = "plain" would send the password readable by anyone on the way; use "starttls" or "tls"',
                subject="smtp",
            )
        self.host = host
        self.port = port or PORTS[mode]
        self.sender = sender
        self.mode = mode
        self._username = username
        self._password = password
        self._timeout = timeout
        self._deadline = deadline
        self._ca_file = ca_file

    def send(self, raw: bytes, to: str) -> DeliveryReceipt:
        """Hand the mail `raw` to the server for `to`. Returns once the server has answered 250 to the final dot.

        Raises ChannelError: permanent (this recipient or this mail is refused), broken (password, certificate or mode
        must be repaired), uncertain (the answer after the final dot was lost), else worth trying again.
        """
        if not to.isascii() or re.search(r"[\s<>\x00-\x1f]", to):
            raise ChannelError(f"{to!r} is not an address this channel can use", subject=self.host, permanent=True)
        ends = time.monotonic() + self._deadline
        with self._failures("connecting"):
            server = self._connect()
        try:
            self._prepare(server, ends)
            self._envelope(server, to, len(raw), ends)
            self._body(server, raw, ends)
        finally:
            _quit(server)
        return DeliveryReceipt(ref=_message_id(raw))

    def check(self) -> str:
        """Connect, secure and log in, send nothing. Returns the server's greeting name; raises ChannelError."""
        with self._failures("connecting"):
            server = self._connect()
        try:
            self._prepare(server, time.monotonic() + self._deadline)
        finally:
            _quit(server)
        return f"{self.host}:{self.port}"

    # ------------------------------------------------------------ steps

    def _connect(self) -> smtplib.SMTP:
        if self.mode == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self._timeout, context=self._tls())
        return smtplib.SMTP(self.host, self.port, timeout=self._timeout)

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._ca_file)

    def _prepare(self, server: smtplib.SMTP, ends: float) -> None:
        with self._failures("greeting"):
            self._bound(server, ends)
            server.ehlo_or_helo_if_needed()
        if self.mode == "starttls":
            self._secure(server, ends)
        if self._password:
            with self._failures("logging in"):
                self._bound(server, ends)
                server.login(self._username, self._password)

    def _secure(self, server: smtplib.SMTP, ends: float) -> None:
        if not server.has_extn("starttls"):
            raise ChannelError(
                f"{self.host} does not offer STARTTLS and nothing is sent unprotected; "
                'set smtp.security to "tls", or to "plain" for a relay on this machine',
                subject=self.host,
                broken=True,
            )
        with self._failures("starting TLS"):
            self._bound(server, ends)
            server.starttls(context=self._tls())
            server.ehlo()

    def _envelope(self, server: smtplib.SMTP, to: str, size: int, ends: float) -> None:
        with self._failures("naming the sender"):
            self._bound(server, ends)
            options = [f"size={size}"] if server.has_extn("size") else []
            _require_code(server.mail(self.sender, options), 250)
        with self._failures("naming the recipient"):
            self._bound(server, ends)
            _require_code(server.rcpt(to), 250, 251)

    def _body(self, server: smtplib.SMTP, raw: bytes, ends: float) -> None:
        with self._failures("sending"):
            self._bound(server, ends)
            _require_code(server.docmd("data"), 354)
            server.send(_dot_stuffed(raw))
            _require_connected(server)
        # From here on the server may have the mail even if we never hear of it.
        with self._failures("waiting for the receipt", uncertain=True):
            self._bound(server, ends)
            server.send(b".\r\n")
            _require_code(server.getreply(), 250)

    def _bound(self, server: smtplib.SMTP, ends: float) -> None:
        """Give the next step what is left of the deadline, at most one time-out."""
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline passed")
        if server.sock is not None:
            server.sock.settimeout(min(self._timeout, left))

    # ------------------------------------------------------------ what a failure means

    @contextlib.contextmanager
    def _failures(self, step: str, *, uncertain: bool = False) -> Iterator[None]:
        try:
            yield
        except smtplib.SMTPResponseException as error:
            raise self._refused(step, error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise ChannelError(self._said(str(error), step), subject=self.host, broken=True) from error
        except ssl.SSLCertVerificationError as error:
            text = f"{self._said(f'the certificate is not trusted: {error.verify_message}', step)}; {CA_FILE_HINT}"
            raise ChannelError(text, subject=self.host, broken=True) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # smtplib wraps a time-out as "disconnected": only the step tells what is known.
            text = self._said(self._scrub(str(error)) or type(error).__name__, step) + _remedy(step)
            raise ChannelError(text, subject=self.host, uncertain=uncertain) from error

    def _refused(self, step: str, error: smtplib.SMTPResponseException) -> ChannelError:
        reply = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        text = self._said(f"{error.smtp_code} {self._scrub(reply)[:200]}", step)
        final = error.smtp_code >= 500
        # Refused at the door or at the password: no recipient's fault, and no other mail would fare better.
        door = step not in ("naming the sender", "naming the recipient", "sending", "waiting for the receipt")
        login = error.smtp_code in (530, 535) or isinstance(error, smtplib.SMTPAuthenticationError)
        broken = final and (door or login)
        remedy = _remedy("logging in" if login else step) if final else ""
        return ChannelError(text + remedy, subject=self.host, permanent=final and not broken, broken=broken)

    def _said(self, words: str, step: str) -> str:
        """What went wrong, then where: the subject of a notice has no room for both."""
        return f"{words} ({self.host}, {step})"

    def _scrub(self, text: str) -> str:
        clean = " ".join(text.split())
        return clean.replace(self._password, "***") if self._password else clean


def _remedy(step: str) -> str:
    return f"; {REMEDIES[step]}" if step in REMEDIES else ""


def _require_code(answer: tuple[int, bytes], *codes: int) -> None:
    code, text = answer
    if code not in codes:
        # A server that says goodbye sends -1: the connection is gone, nothing was refused.
        if code < 200:
            raise smtplib.SMTPServerDisconnected("connection closed")
        raise smtplib.SMTPResponseException(code, text)


def _require_connected(server: smtplib.SMTP) -> None:
    """Raise if the server has hung up while the mail was on its way: without the final dot it took nothing."""
    assert server.sock is not None
    watch = select.poll()
    watch.register(server.sock.fileno(), select.POLLERR | select.POLLHUP | getattr(select, "POLLRDHUP", 0))
    if watch.poll(HANGUP_POLL_MS):
        raise smtplib.SMTPServerDisconnected("connection closed within the mail")


def _dot_stuffed(raw: bytes) -> bytes:
    """The mail as SMTP wants it: CRLF line ends, leading dots doubled, one line end at the end; without the final dot."""
    lines = LINE_END.sub(b"\r\n", raw)
    return LEADING_DOT.sub(b"..", lines if lines.endswith(b"\r\n") else lines + b"\r\n")


def _quit(server: smtplib.SMTP) -> None:
    """Say goodbye, briefly. The receipt was the 250 after the dot, so a failure here changes nothing."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        if server.sock is not None:
            server.sock.settimeout(min(QUIT_TIMEOUT, server.sock.gettimeout() or QUIT_TIMEOUT))
        server.quit()
    server.close()


def _message_id(raw: bytes) -> str:
    head = raw.partition(b"\r\n\r\n")[0]
    return str(message_from_bytes(head + b"\r\n\r\n", policy=policy.SMTP).get("Message-ID", "")).strip()
