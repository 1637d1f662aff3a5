"""Reading a mail as its receiver does, and checking that it says what it should and no more."""

from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.message import Message as ReadMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

from application.channels import Message, Recipient
from infrastructure.channels.mail.html import as_html
from infrastructure.channels.mail.letter import Group, Letter, Step, letter
from infrastructure.channels.mail.message import mail_source, subject
from infrastructure.channels.mail.settings import EmailConfig
from infrastructure.channels.mail.text import as_text
from tests.support.messages import ANA, AT

CONFIG = EmailConfig.model_validate(
    {
        "host": "mx.example.com",
        "from": "Tocsin <tocsin@example.com>",
        "link": "https://t.example.com/i/{incident}?from=mail&x=1",
    }
)
LINK = CONFIG.link
OURS = {
    "html", "head", "meta", "title", "style", "body", "table", "tr", "td", "th", "a", "div",
    "span", "br",
}  # fmt: skip
ONE_LINE = [
    "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "X-Tocsin-Delivery", "X-Tocsin-Incident", "Thread-Topic", "Importance", "X-Priority", "Date",
    "MIME-Version", "Content-Type",
]  # fmt: skip


class Structure(HTMLParser):
    """Reads HTML: its tags with their attributes, and the texts in between."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[Any] = []
        self.texts: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(tag)

    def handle_comment(self, data: str) -> None:
        self.tags.append(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        self.tags.append(f"<!{decl}")

    def handle_pi(self, data: str) -> None:
        self.tags.append(f"<?{data}")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(source: bytes) -> EmailMessage:
    parsed = message_from_bytes(source, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    text: str = found.get_content()
    return text


def decoded(mail: "ReadMessage[str, str]", field: str) -> str:
    return str(make_header(decode_header(mail[field])))


def source_of(message: Message, recipient: Recipient = ANA) -> bytes:
    return mail_source(message, recipient, "ana@example.com", CONFIG, AT)


def texts_of(told: Letter) -> list[str]:
    groups = [text for group in told.groups for text in (group.heading, *group.lines)]
    steps = [text for step in told.steps for text in (step.purpose, step.command)]
    facts = [text for fact in told.facts for text in fact]
    return [
        text
        for text in [told.headline, told.sentence, told.more, *facts, *groups, *steps,
                     *told.written, *told.footer]
        if text
    ]  # fmt: skip


def plain(told: Letter) -> Letter:
    """Give a letter of the same shape in which every text is an x."""
    return replace(
        told,
        headline="x",
        sentence="x" if told.sentence else "",
        more="x" if told.more else "",
        facts=tuple(("x", "x") for _ in told.facts),
        groups=tuple(Group(each.severity, "x", ("x",) * len(each.lines)) for each in told.groups),
        steps=tuple(Step("x", "x") for _ in told.steps),
        written=("x",) * len(told.written),
        footer=("x",) * len(told.footer),
    )


def check_mail(message: Message, recipient: Recipient = ANA) -> None:
    """A mail is read as what was to be said, in its header, its text and its HTML."""
    source = source_of(message, recipient)
    assert source.isascii()
    # A line's end that is none to one server may be one to the next.
    assert not {*b"\r\n"} & {*source.replace(b"\r\n", b"")}
    assert max(map(len, source.split(b"\r\n"))) < 998
    mail = read(source)
    assert not mail.defects
    assert set(mail.keys()) <= set(ONE_LINE)
    assert len(mail.keys()) == len(set(mail.keys()))
    assert all("\n" not in value and "\r" not in value for value in mail.values())
    assert decoded(message_from_bytes(source), "Subject") == subject(message.content).strip()
    told = letter(message, recipient, LINK)
    assert part(mail, "plain").replace("\r\n", "\n") == as_text(told)
    structure = Structure(part(mail, "html"))
    assert structure.tags == Structure(as_html(plain(told))).tags
    assert {tag[0] for tag in structure.tags if isinstance(tag, tuple)} <= OURS
    for text in texts_of(told):
        assert text in structure.texts
