"""A URL is read in one way, or refused; the reason never repeats it."""

import pytest

from infrastructure.outgoing.refusals import RefusedError
from infrastructure.outgoing.target import Origin, parse_origin, parse_target


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://example.com", "https://example.com:443", "/"),
        ("HTTP://Example.COM:8080/A?b=c#d", "http://example.com:8080", "/A?b=c"),
        ("https://example.com?x=1", "https://example.com:443", "/?x=1"),
        ("https://example.com/ä?ö", "https://example.com:443", "/%C3%A4?%C3%B6"),
        ("https://example.com/a/../b", "https://example.com:443", "/b"),
        ("https://my_host.internal./", "https://my_host.internal.:443", "/"),
        ("http://127.0.0.1:81/", "http://127.0.0.1:81", "/"),
        ("http://[0:0::1]/", "http://[::1]:80", "/"),
        ("https://xn--mnchen-3ya.example/", "https://xn--mnchen-3ya.example:443", "/"),
    ],
)
def test_a_url_is_read(url: str, origin: str, path: str) -> None:
    target = parse_target(url)
    assert (str(target.origin), target.path) == (origin, path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "http:example.com",
        "http:/example.com",
        "http:///example.com",
        "http://",
        "http://?x",
        "http://user@example.com/",
        "http://user:word@example.com/",
        "http://@example.com/",
        "http://example.com:80@10.0.0.1/",
        "http://example.com\\@10.0.0.1/",
        "http://exa mple.com/",
        "http://example.com/a\r\nX: y",
        "http://example.com/\t",
        " http://example.com/",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:8o/",
        "http://example.com:-1/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://127.0.0.1./",
        "http://1.2.3.4.5/",
        "http://127.0.0.0x1/",
        "http://%31%32%37.0.0.1/",
        "http://127.0.0.1%00.example.com/",
        "http://\uff11\uff12\uff17.0.0.1/",
        "http://127\u30020\u30020\u30021/",
        "http://exämple.com/",
        "http://[::1",
        "http://[::1]x/",
        "http://[fe80::1%25eth0]/",
        "http://[::ffff:127.0.0.1.5]/",
        "http://[v1.x]/",
        "http://.example.com/",
        "http://a..b/",
        "http://-a.example/",
        "http://" + "a" * 64 + ".example/",
        "http://" + "a." * 130 + "example/",
        "http://example.com,10.0.0.1/",
        "http://(example).com/",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_target(url)
    assert str(caught.value)


def test_the_reason_does_not_repeat_the_url() -> None:
    for url in (
        "https://u:hunter22@h/",
        "https://h\x00/?hunter22",
        "hunter22",
        "http://hunter22,/",
    ):
        with pytest.raises(RefusedError) as caught:
            parse_target(url)
        assert "hunter22" not in f"{caught.value!r}"


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("api.example.com", Origin("https", "api.example.com", 443)),
        ("api.example.com:8443", Origin("https", "api.example.com", 8443)),
        ("http://10.0.0.1:80", Origin("http", "10.0.0.1", 80)),
        ("https://[::1]:8", Origin("https", "::1", 8)),
    ],
)
def test_an_origin_in_configuration_is_https_unless_it_says_otherwise(
    written: str, origin: Origin
) -> None:
    assert parse_origin(written) == origin


@pytest.mark.parametrize("written", ["api.example.com/v1", "", "https://u@h", "ftp://h", "h?x"])
def test_what_is_no_origin_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_origin(written)


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("http://h/", "h"),
        ("http://h:443/", "h:443"),
        ("https://h:443/", "h"),
        ("https://h./", "h"),
        ("http://[::1]:8080/", "[::1]:8080"),
    ],
)
def test_the_field_host_is_written_as_browsers_do(url: str, field: str) -> None:
    assert parse_target(url).origin.host_header == field
