import pytest

from monitor.errors import FeedError
from monitor.feeds.url_policy import address_key, is_metadata, is_public, parse_address, redacted_url


def test_only_addresses_of_the_open_internet_are_public() -> None:
    private = (
        "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 0.0.0.0 224.0.0.1 "
        "255.255.255.255 168.63.129.16 192.0.0.192 ::1 :: fe80::1%eth0 fc00::1 fd00:ec2::254 ::ffff:127.0.0.1 "
        "::ffff:10.0.0.1 2002:7f00:1:: 64:ff9b::7f00:1 ff02::1 fd20:ce::254 ::169.254.169.254 ::127.0.0.1 ::10.0.0.1 "
        "64:ff9b:1::a9fe:a9fe 64:ff9b:1:a9fe:a9:fe00:: 64:ff9b:1::808:808 fec0::1 feff:ffff::1 fec0::5efe:808:808 "
        "::ffff:0:127.0.0.1 ::ffff:0:10.0.0.1 ::ffff:0:a9fe:a9fe 2001:0:7f00:1:: 2001:0:808:808::5601:5601 "
        "2001:470:1::5efe:7f00:1 2001:470:1::200:5efe:a00:1 fe80::5efe:808:808 fd00::5efe:808:808 ff0e::5efe:808:808"
    )
    assert [address for address in private.split() if is_public(address)] == []
    others = (
        "8.8.8.8 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808:: ::ffff:0:808:808 2606:1::5efe:808:808"
    )
    assert [address for address in others.split() if not is_public(address)] == []
    further = ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "fd00:ec2::23", "100.100.100.200"]
    further += ["fd20:ce::254", "::169.254.169.254", "::100.100.100.200", "64:ff9b:1::a9fe:a9fe"]
    further += ["64:ff9b:1:a9fe:a9:fe00::", "64:ff9b::a9fe:a9fe", "::ffff:0:a9fe:a9fe", "2002:a9fe:a9fe::"]
    further += ["2001:0:808:808::5601:5601", "2606:1::5efe:a9fe:a9fe", "fe80::5efe:808:808"]
    assert [address for address in further if not is_metadata(address)] == []
    assert not any(map(is_metadata, ["::1", "127.0.0.1", "10.0.0.1", "fd00::1", "::10.0.0.1"]))


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a/b", "data:,x", "//a/b", "http://", "http://a:99999/", "http://[::1"]
)
def test_only_http_addresses_with_a_host_are_read(url: str) -> None:
    with pytest.raises(FeedError) as caught:
        parse_address(url)
    assert caught.value.kind == "refused_address"


def test_secrets_of_an_address_are_kept_apart_and_never_shown() -> None:
    address = parse_address("https://reader:s3cret@example.com:8443/feed?key=TOKEN#part")
    assert (address.user, address.password) == ("reader", "s3cret")
    assert address.url == "https://example.com:8443/feed?key=TOKEN"
    for text in (repr(address), redacted_url("https://reader:s3cret@example.com/feed?key=TOKEN")):
        assert "s3cret" not in text
        assert "TOKEN" not in text
    with pytest.raises(FeedError) as caught:
        parse_address("http://reader:s3c/ret@example.com/")
    assert "s3c" not in str(caught.value)


def test_addresses_written_alike_have_one_key() -> None:
    cases = [
        "http://news.example/rss?a=1",
        "https://NEWS.example:443/rss?a=1",
        "https://news.example/rss/?a=1#top",
        "http://news.example:80/rss?a=1",
    ]
    assert [(other, address_key(other)) for other in cases] == [
        (other, address_key("https://news.example/rss?a=1")) for other in cases
    ]
    others = "news.example/rss news.example/RSS?a=1 www.news.example/rss?a=1 news.example:8443/rss?a=1"
    for other in ("no address", *(f"https://{address}" for address in others.split())):
        assert address_key(other) != address_key("https://news.example/rss?a=1"), other
