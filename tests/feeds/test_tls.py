import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from aiohttp import ClientResponse
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from monitor.errors import FeedError
from monitor.feeds.fetch import FetchLimits, FetchRequest
from monitor.feeds.responses import redirect_target
from monitor.feeds.url_policy import parse_address
from tests.feeds.conftest import fetched


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """What a server needs to present a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "both.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def failure(listener: socket.socket) -> FeedError:
    url = f"https://127.0.0.1:{listener.getsockname()[1]}/feed"
    (outcome,) = fetched([FetchRequest("wire", url)], FetchLimits(allow_private=True, total_s=5))
    assert isinstance(outcome, FeedError)
    return outcome


def test_a_certificate_nobody_vouches_for_is_refused_before_anything_is_asked(
    listener: socket.socket, self_signed: ssl.SSLContext
) -> None:
    received: list[bytes] = []

    def serve() -> None:
        connection, _ = listener.accept()
        try:
            with self_signed.wrap_socket(connection, server_side=True) as secure:
                received.append(secure.recv(1000))
        except OSError:
            received.append(b"")

    thread = threading.Thread(target=serve)
    thread.start()
    error = failure(listener)
    thread.join()
    assert (error.kind, str(error)) == ("tls", "127.0.0.1: its certificate is self-signed; not read")
    assert received == [b""]


def test_a_handshake_that_is_cut_off_is_a_failure_with_a_plain_reason(listener: socket.socket) -> None:
    def serve() -> None:
        connection, _ = listener.accept()
        connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    error = failure(listener)
    thread.join()
    assert error.kind in ("tls", "network")
    assert str(error).startswith("127.0.0.1: the ")


def test_a_redirect_from_https_down_to_http_is_refused() -> None:
    response = cast(ClientResponse, SimpleNamespace(status=301, headers={"Location": "http://news.example/feed"}))
    with pytest.raises(FeedError) as caught:
        redirect_target(parse_address("https://news.example/feed"), response)
    assert caught.value.kind == "redirects"
