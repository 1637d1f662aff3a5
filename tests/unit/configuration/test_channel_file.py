"""The channels are read with every mistake at its place."""

from textwrap import dedent

from domain.responder.directory import Directory
from infrastructure.configuration.channel_file import channels_of
from infrastructure.configuration.yaml_document import parse_yaml

DIRECTORY = Directory.model_validate(
    {"people": {"ada": {"full_name": "Ada"}}, "teams": {"ops": {"members": ["ada"]}}}
)


def read(text: str) -> list[str]:
    _, mistakes = channels_of(parse_yaml(dedent(text), "channels.yaml"), DIRECTORY)
    return [str(mistake) for mistake in mistakes]


def test_the_original_designs_channels_are_read() -> None:
    document = parse_yaml(
        dedent("""\
        channels:
          - id: pagerduty_critical
            type: pagerduty
            config: { routing_key: "${PAGERDUTY_ROUTING_KEY}" }
            filters: { minSeverity: P1, categories: [security_breach, data_leak] }
          - id: email_daily_digest
            type: email
            config: { host: smtp.example.com, from: tocsin@example.com }
            to: [ops, somebody@example.com]
            digest: daily
        """),
        "channels.yaml",
    )
    settings, mistakes = channels_of(document, DIRECTORY)
    assert [str(each) for each in mistakes] == []
    critical, digest = settings.channels
    assert critical.filters.why_not(critical.filters.min_severity or "P1", "data_leak") is None  # type: ignore[arg-type] # a severity
    assert digest.digest is not None
    assert (digest.digest.at, digest.digest.timezone) == ("08:00", "UTC")


def test_every_mistake_is_told_at_once() -> None:
    told = read("""\
        channels:
          - id: a
            type: carrier-pigeon
          - id: a
            type: webhook
            config: { url: "https://example.com", colour: red }
            fallback: b
          - id: c
            type: webhook
            to: [nobody]
        messages: [d]
        routing:
          routes:
            - { name: x, channels: [e], when: { severity: P9 } }
        """)
    assert [line.split(":")[1] for line in told] == ["3", "6", "8", "14"]
    assert "there is no type carrier-pigeon" in told[0]
    assert "colour" in told[1]
    assert "config: missing" in told[2]


def test_names_that_stand_for_nothing_have_their_line() -> None:
    told = read("""\
        channels:
          - { id: a, type: webhook, config: { url: "https://example.com" }, fallback: b, to: [zoe] }
          - { id: a, type: webhook, config: { url: "https://e.com" }, enabled: false, to: [x] }
        messages: [d]
        routing:
          routes:
            - { name: x, channels: [e] }
        """)
    assert [line.split(": ", 2)[1] for line in told] == [
        "channels[0].fallback", "channels[0].to[0]", "channels[1].id", "messages[0]",
        "routing.routes[0].channels[0]",
    ]  # fmt: skip


def test_what_is_no_reference_to_a_secret_is_a_mistake() -> None:
    told = read("""\
        channels:
          - { id: a, type: webhook, config: { url: "https://example.com/${not a name}" } }
        """)
    assert any("is no reference to a secret" in line for line in told)


def test_a_file_of_comments_alone_has_no_channels() -> None:
    settings, mistakes = channels_of(parse_yaml("# later\n", "channels.yaml"), DIRECTORY)
    assert (settings.channels, mistakes) == ((), [])
