"""Addresses of feeds: which may be fetched, and how one is shown without its secrets."""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from monitor.errors import FeedError

_PORTS = {"http": 80, "https": 443}
_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::23", "fd00:ec2::254", "fd20:ce::254"),
    )
)
"""Metadata services of cloud machines, which return secrets; unlike 169.254.169.254 these are not link-local."""
_IPV4_ENDINGS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))
"""IPv6 networks whose addresses end in an IPv4 address: NAT64 (RFC 6052), translated (RFC 2765), and the old compatible
ones (RFC 4291)."""
_ISATAP = (0x5EFE, 0x200_5EFE)
"""What stands before an IPv4 address at the end of an IPv6 address of any network (RFC 5214)."""
_LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
"""Its addresses hold an IPv4 address at a place that each network chooses (RFC 8215), so none can be judged."""


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """An http(s) address, with its credentials in fields of their own so that nothing prints them."""

    url: str
    """Without user name, password and fragment."""
    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Address({redacted_url(self.url)})"

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def authorization(self) -> str:
        """The value of the Authorization header (RFC 7617)."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


def parse_address(url: str) -> FeedAddress:
    """The address in `url`; FeedError refused_address if it is not plain http or https with a host."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:  # not chained: its text may contain a part of a password
        raise FeedError("refused_address", "the address cannot be read: check host and port") from None
    if parts.scheme not in _PORTS:
        raise FeedError("refused_address", f"{parts.scheme or 'no'} scheme: only http and https are fetched")
    host = (parts.hostname or "").rstrip(".")
    if not host or any(ord(char) < 0x20 or ord(char) == 0x7F for char in url.strip()):
        raise FeedError("refused_address", f"{redacted_url(url)} has no usable host name")
    bare = urlunsplit((parts.scheme, _netloc(parts), parts.path or "/", parts.query, ""))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return FeedAddress(bare, parts.scheme, host, port or _PORTS[parts.scheme], user, password)


def redacted_url(url: str) -> str:
    """The address for people and logs: without user name, password, query (which may hold keys) and fragment."""
    try:
        parts = urlsplit(url)
        query = "?…" if parts.query else ""
        return f"{parts.scheme}://{_netloc(parts)}{parts.path}{query}"[:200] if parts.netloc else parts.path[:200]
    except ValueError:
        return "an unreadable address"


def is_metadata(address: str) -> bool:
    """True for link-local addresses, cloud metadata services, and addresses that may hide one: never fetched, whatever
    the configuration."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return any(each.is_link_local or each in _METADATA for each in (ip, _embedded_ipv4(ip))) or ip in _LOCAL_NAT64


def is_public(address: str) -> bool:
    """True only for an address of the open internet.

    Private, loopback, link-local, site-local, carrier-grade NAT, multicast, reserved and metadata addresses are not,
    nor is an IPv6 address that carries one of them (mapped, translated, 6to4, Teredo, NAT64, ISATAP).
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = _embedded_ipv4(ip)
    if inner.is_reserved or (isinstance(ip, IPv6Address) and ip.is_site_local) or is_metadata(address):
        return False
    return all(each.is_global and not each.is_multicast for each in (ip, inner))


def _embedded_ipv4(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address carries; the address itself if it carries none."""
    if isinstance(ip, IPv4Address):
        return ip
    teredo = ip.teredo[1] if ip.teredo else None
    ends = any(ip in net for net in _IPV4_ENDINGS) or int(ip) >> 32 & 0xFFFFFFFF in _ISATAP
    ending = IPv4Address(int(ip) & 0xFFFFFFFF) if int(ip) > 1 and ends else None
    return ip.ipv4_mapped or ip.sixtofour or teredo or ending or ip


def _netloc(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def address_key(url: str) -> str:
    """One key for all spellings of an address: scheme, upper case of the host, default port, fragment and final '/' are
    ignored. Feeds with the same key are the same feed. A malformed address is its own key."""
    try:
        address = parse_address(url)
    except FeedError:
        return url
    port = "" if address.port == _PORTS[address.scheme] else f":{address.port}"
    parts = urlsplit(address.url)
    return f"{address.host}{port}{parts.path.rstrip('/')}{'?' if parts.query else ''}{parts.query}"
