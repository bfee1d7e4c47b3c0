"""Servers on the loopback address that follow a script: the far ends of the channels, and nothing else."""

import json
import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, Protocol, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from monitor.errors import ChannelError

DROP = "drop"
"""In a script: close the connection instead of answering."""
HANG = "hang"
"""In a script: do not answer until the server is stopped."""
DRIP, FLOOD = "drip", "flood"
"""In a script: an SMTP reply of lines without end, one in 20 ms or as many as the reader takes."""


def kind(error: ChannelError) -> str:
    """What a channel may do after this error."""
    marks = {"permanent": error.permanent, "broken": error.broken, "uncertain": error.uncertain}
    return " ".join(name for name, holds in marks.items() if holds) or "retry"


# ---------------------------------------------------------------- SMTP


@dataclass
class Smtp:
    """What an SMTP server should say, and what it heard. Script keys: banner, ehlo, starttls, auth, mail, rcpt, data,
    dot, quit."""

    script: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ("SIZE 1000000",)
    tls: ssl.SSLContext | None = None
    port: int = 0
    heard: list[str] = field(default_factory=list)
    accepted: list[bytes] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)


class _SmtpTalk(StreamRequestHandler):
    smtp: Smtp

    def say(self, key: str, usual: str) -> bool:
        """Answer as scripted; False when the conversation is over."""
        answer = self.smtp.script.get(key, usual)
        if answer == HANG:
            self.smtp.stopping.wait(30)
        line = f"{usual[:3]}-more\r\n".encode()
        with suppress(OSError):  # the client has left
            while answer in (DRIP, FLOOD) and not self.smtp.stopping.wait(0.02 if answer == DRIP else 0):
                self.wfile.write(line if answer == DRIP else line * 1000)
        if answer in (DROP, HANG, DRIP, FLOOD):
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return not answer.startswith("421")

    def handle(self) -> None:
        alive = self.say("banner", "220 fake ready")
        while alive and (line := self.rfile.readline().decode("ascii", "replace").strip()):
            self.smtp.heard.append(line)
            alive = self.answer(line.split()[0].lower())

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def answer(self, verb: str) -> bool:
        if verb == "ehlo":
            lines = ["fake", *self.smtp.extensions]
            usual = "\r\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)
            return self.say("ehlo", usual)
        if verb == "starttls":
            return self.say("starttls", "220 go") and self.secure()
        if verb == "data":
            return self.say("data", "354 go") and ("data" in self.smtp.script or self.body())
        if verb == "quit":
            self.say("quit", "221 bye")
            return False
        usual = {"auth": "235 ok", "mail": "250 ok", "rcpt": "250 ok", "helo": "250 fake"}.get(verb, "500 what")
        return self.say(verb, usual)

    def secure(self) -> bool:
        assert self.smtp.tls is not None
        try:
            self.connection = self.smtp.tls.wrap_socket(self.connection, server_side=True)
        except OSError:
            return False
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        return True

    def body(self) -> bool:
        lines: list[bytes] = []
        if self.smtp.script.get("body") == DROP:
            self.rfile.readline()
            return False
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if line and not self.smtp.script.get("dot", "250").startswith(("4", "5")):
            self.smtp.accepted.append(b"".join(lines))
        return bool(line) and self.say("dot", "250 queued")


@contextmanager
def smtp(**options: Any) -> Iterator[Smtp]:
    """A running SMTP server that follows `Smtp(**options)`."""
    talk = Smtp(**options)
    handler = type("Talk", (_SmtpTalk,), {"smtp": talk})
    with ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        yield from served(server, talk)


class FarEnd(Protocol):
    """What a test holds of a server: `stopping` ends what it has left hanging."""

    port: int
    stopping: threading.Event


Far = TypeVar("Far", bound=FarEnd)


def served(server: Any, talk: Far) -> Iterator[Far]:
    """The far end of a server that runs meanwhile."""
    talk.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield talk
    finally:
        talk.stopping.set()
        server.shutdown()
        thread.join(5)


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that a fault has cut cannot be tidied up; nothing to report."""


@contextmanager
def web_server(handler: type[BaseHTTPRequestHandler], far: Far) -> Iterator[Far]:
    """A running web server with this handler, to which `far` is what the test holds of it; it logs nothing."""
    with Quiet(("127.0.0.1", 0), type("Talk", (handler,), {"far": far, "log_message": lambda *_: None})) as server:
        yield from served(server, far)


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server context for 127.0.0.1, and the file by which a client may trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    trust, secret = folder / "cert.pem", folder / "key.pem"
    trust.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trust, secret)
    return context, trust


# ---------------------------------------------------------------- Slack


@dataclass
class Answer:
    """One answer of the server; `body` as given when it is text, else as JSON. `fault`: '', 'drop', 'reset', 'hang'
    or 'half'."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


@dataclass
class Slack:
    """Answers in order, the last one for ever after; `heard` holds (path, arguments) of each request."""

    answers: list[Answer]
    port: int = 0
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


class _SlackTalk(BaseHTTPRequestHandler):
    far: Slack

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.far.heard.append((self.path, json.loads(raw) if raw.startswith(b"{") else {}))
        answers = self.far.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer.fault:
            return self.fail(answer.fault)
        body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        return self.reply(answer.status, body.encode(), answer.headers)

    def reply(self, status: int, body: bytes, headers: Mapping[str, str], announced: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if announced is None else announced))
        self.end_headers()
        self.wfile.write(body)

    def fail(self, fault: str) -> None:
        if fault == "hang":
            self.far.stopping.wait(30)
        if fault == "half":
            self.reply(200, b'{"ok": tr', {}, announced=500)
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        self.close_connection = True


@contextmanager
def slack(*answers: Answer) -> Iterator[Slack]:
    """A running HTTP server that gives these answers."""
    with web_server(_SlackTalk, Slack(list(answers))) as talk:
        yield talk
