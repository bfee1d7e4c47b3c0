"""Mail by SMTP, one step at a time.

Before the final dot the server has not accepted the mail; after it, that is uncertain. `smtplib.send_message` raises
the same error for a time-out in either place, so this module takes the steps itself.
"""

from __future__ import annotations

import contextlib
import io
import re
import select
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, field
from email import message_from_bytes, policy
from typing import Any, Literal

from monitor.channels.network_errors import network_error_text
from monitor.domain.messages.briefs import DeliveryReceipt
from monitor.errors import ChannelError, ConfigError

SmtpSecurity = Literal["starttls", "tls", "plain"]
PORTS = {"starttls": 587, "tls": 465, "plain": 25}
QUIT_TIMEOUT = 2.0
"""Seconds for QUIT."""
MOST_REPLIED = 64 * 1024
"""Bytes of all replies to one mail: a whole dialogue takes two thousand."""
HANGUP_POLL_MS = 20
"""Milliseconds in which a closed connection is noticed (estimate)."""
REMEDIES = {
    "connecting": "; check smtp.host, smtp.port and smtp.security",
    "greeting": "; check smtp.host, smtp.port and smtp.security",
    "starting TLS": "; check smtp.port and smtp.security",
    "logging in": "; check smtp.username and its password",
    "naming the sender": "; check smtp.sender",
}
"""The end of an error text, by the step that failed."""
LATER = "; the server is not ready: wait a few minutes, then ask its administrator"
"""The same for a reply of 400 to 499 at any step."""
LEADING_DOT = re.compile(rb"(?m)^\.")
LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True)
class EmailChannel:
    """One SMTP server. port: None for the usual one; sender: of the envelope, which gets the bounces; timeout: seconds
    for a step; deadline: seconds for a mail; ca_file: None for the system's authorities. The modes `starttls` (the
    default) and `tls` never fall back to an unencrypted connection; `plain` is for a relay on the same machine and
    refuses a password (ConfigError)."""

    host: str
    port: int | None = None
    _: KW_ONLY
    sender: str
    mode: SmtpSecurity = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 20.0
    deadline: float = 90.0
    ca_file: str | None = None

    def __post_init__(self) -> None:
        if self.mode == "plain" and self.password:
            text = 'smtp.security = "plain" would send the password unencrypted; use "starttls" or "tls"'
            raise ConfigError(text, subject="smtp")

    def send(self, raw: bytes, to: str) -> DeliveryReceipt:
        """Send the mail `raw` to `to`. Returns after the server has answered 250 to the final dot.

        1. Connect, greet, secure, log in.
        2. Name the sender and the recipient.
        3. Send the mail without its final dot; the server has not accepted it yet.
        4. Send the dot and wait for the receipt.

        Raises ChannelError: permanent (this recipient or this mail is refused), broken (password, certificate or mode
        need repair), uncertain (the answer to the final dot was lost), else temporary.
        """
        if not to.isascii() or re.search(r"[\s<>\x00-\x1f]", to):
            raise ChannelError(f"{to!r} is not an address this channel can use", subject=self.host, permanent=True)
        with self._session() as (server, ends):
            with self._step("naming the sender", server, ends):
                options = [f"size={len(raw)}"] if server.has_extn("size") else []
                _require_code(server.mail(self.sender, options), 250)
            with self._step("naming the recipient", server, ends):
                _require_code(server.rcpt(to), 250, 251)
            with self._step("sending", server, ends):
                _require_code(server.docmd("data"), 354)
                # CRLF line ends, leading dots doubled, one line end at the end; without the final dot.
                lines = LINE_END.sub(b"\r\n", raw)
                server.send(LEADING_DOT.sub(b"..", lines if lines.endswith(b"\r\n") else lines + b"\r\n"))
                # A server that has hung up before the final dot has not accepted the mail.
                assert server.sock is not None
                watch = select.poll()
                watch.register(server.sock.fileno(), select.POLLERR | select.POLLHUP | getattr(select, "POLLRDHUP", 0))
                if watch.poll(HANGUP_POLL_MS):
                    raise smtplib.SMTPServerDisconnected("connection closed during the mail")
            # From here on the server may have the mail, even without an answer.
            with self._step("waiting for the receipt", server, ends, uncertain=True):
                server.send(b".\r\n")
                _require_code(server.getreply(), 250)
        head = raw.partition(b"\r\n\r\n")[0]
        sent_id = message_from_bytes(head + b"\r\n\r\n", policy=policy.SMTP).get("Message-ID", "")
        return DeliveryReceipt(ref=str(sent_id).strip())

    def check(self) -> str:
        """Connect, secure, log in and name the sender, without a mail. Returns host and port; raises ChannelError."""
        with self._session() as (server, ends):
            with self._step("naming the sender", server, ends):
                _require_code(server.mail(self.sender), 250)
            return f"{self.host}:{self._port}"

    @property
    def _port(self) -> int:
        return self.port or PORTS[self.mode]

    @contextlib.contextmanager
    def _session(self) -> Iterator[tuple[smtplib.SMTP, float]]:
        """A server that is ready for a mail, and the deadline."""
        ends = time.monotonic() + self.deadline
        with self._step("connecting"):
            timeout = min(self.timeout, self.deadline)
            if self.mode == "tls":
                tls = ssl.create_default_context(cafile=self.ca_file)
                server: _Server = _TlsServer(self.host, self._port, timeout=timeout, ends=ends, context=tls)
            else:
                server = _Server(self.host, self._port, timeout=timeout, ends=ends)
        try:
            with self._step("greeting", server, ends):
                server.ehlo_or_helo_if_needed()
            if self.mode == "starttls":
                if not server.has_extn("starttls"):
                    text = f"{self.host} does not offer STARTTLS, and mail must be encrypted; "
                    remedy = 'set smtp.security to "tls", or to "plain" for a relay on this machine'
                    raise ChannelError(text + remedy, subject=self.host, broken=True)
                with self._step("starting TLS", server, ends):
                    server.starttls(context=ssl.create_default_context(cafile=self.ca_file))
                    server.ehlo()
            if self.password:
                with self._step("logging in", server, ends):
                    server.login(self.username, self.password)
            yield server, ends
        finally:
            # The receipt was the 250 after the dot, so a failure of QUIT does not matter.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.ends = min(ends, time.monotonic() + QUIT_TIMEOUT)
                if server.sock is not None:
                    server.sock.settimeout(min(QUIT_TIMEOUT, server.sock.gettimeout() or QUIT_TIMEOUT))
                server.quit()
            server.close()

    # ------------------------------------------------------------ what a failure means

    @contextlib.contextmanager
    def _step(
        self, step: str, server: smtplib.SMTP | None = None, ends: float = 0.0, *, uncertain: bool = False
    ) -> Iterator[None]:
        """One step, within the time-out and the rest of the deadline; raises its failures as ChannelError."""
        secret = self.password or "\0"  # which no answer shows
        place = f"({self.host}:{self._port}, {step})"  # after the problem, which is all that a subject has room for
        try:
            if server is not None:
                left = ends - time.monotonic()
                if left <= 0:
                    raise TimeoutError("deadline passed")
                if server.sock is not None:
                    server.sock.settimeout(min(self.timeout, left))
            yield
        except smtplib.SMTPResponseException as error:
            reply = error.smtp_error
            words = " ".join((reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply).split())
            words = words.replace(secret, "***")[:200]
            final = error.smtp_code >= 500
            # A refusal before the envelope, or of the password, concerns every mail.
            early = step not in ("naming the sender", "naming the recipient", "sending", "waiting for the receipt")
            login = error.smtp_code in (530, 535) or isinstance(error, smtplib.SMTPAuthenticationError)
            broken = final and (early or login)
            remedy = REMEDIES.get("logging in" if login else step, "") if final else LATER
            text = f"{error.smtp_code} {words} {place}{remedy}"
            raise ChannelError(text, subject=self.host, permanent=final and not broken, broken=broken) from error
        except smtplib.SMTPNotSupportedError as error:
            raise ChannelError(f"{error} {place}", subject=self.host, broken=True) from error
        except ssl.SSLCertVerificationError as error:
            remedy = "set it as smtp.ca_file; smtp.host must be the name in the certificate"
            text = (
                f"the certificate is not trusted: {error.verify_message} {place}; if the server has its own authority, "
            )
            raise ChannelError(text + remedy, subject=self.host, broken=True) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # smtplib reports a time-out as "disconnected": only the step shows what is certain.
            said = " ".join(str(error).split()).replace(secret, "***")
            words = network_error_text(error) or said or type(error).__name__
            text = f"{words} {place}{REMEDIES.get(step, '')}"
            raise ChannelError(text, subject=self.host, uncertain=uncertain) from error


class _Server(smtplib.SMTP):
    """A server whose replies end at `ends`, a time of the monotonic clock, and are limited in size together. smtplib
    reads the lines of a reply for as long as they come."""

    def __init__(self, host: str, port: int, *, timeout: float, ends: float, **options: Any) -> None:
        self.ends, self.room = ends, MOST_REPLIED
        super().__init__(host, port, timeout=timeout, **options)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Replies(self, self.sock))
        return super().getreply()


class _TlsServer(_Server, smtplib.SMTP_SSL):
    """The same with TLS from the start."""


class _Replies(io.RawIOBase):
    """The bytes that a server sends. Raises TimeoutError at its end, and OSError beyond its room."""

    def __init__(self, server: _Server, sock: socket.socket) -> None:
        self._server, self._sock = server, sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._server.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline passed")
        if self._server.room <= 0:
            raise OSError("the server's replies do not end")
        self._sock.settimeout(min(self._sock.gettimeout() or left, left))
        count = self._sock.recv_into(buffer)
        self._server.room -= count
        return count


def _require_code(answer: tuple[int, bytes], *codes: int) -> None:
    code, text = answer
    if code not in codes:
        # smtplib returns -1 if the server closed the connection.
        if code < 200:
            raise smtplib.SMTPServerDisconnected("connection closed")
        raise smtplib.SMTPResponseException(code, text)
