"""What a mail says, and that no text in it can make it say anything else."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.channels import Recipient
from domain.incident.severity import Severity
from infrastructure.channels.mail.html import as_html
from infrastructure.channels.mail.letter import Letter, letter
from infrastructure.channels.mail.message import message_id, subject
from infrastructure.channels.mail.text import as_text
from tests.support.mail_reading import LINK, check_mail, read, source_of
from tests.support.messages import (
    ANA,
    AT,
    INCIDENT,
    a_content,
    a_digest,
    a_message,
    a_test,
    an_alert,
    written,
)

NASTY = [
    "\r\nBcc: evil@example.com", "=?utf-8?q?=0d=0aBcc:_evil@example.com?=", "=?", "?=",
    "<script>alert(1)</script>", "</td></tr></table>", "&lt;b&gt;", "{{ 7 * 7 }}", "${HOME}",
    '" onclick="x', "\ud800", "a\udfffb", "\u202egnp.exe", "\x00\x1b[2J", "\u2028", "\x85", "-- ",
    ".\r\n.", "監視" * 60, "é" * 200, "x" * 2000, "  a  b  ", "\t", "<!--", "]]>", "<style>",
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=())))


class TestThatForeignTextIsOnlyText:
    @given(name=TEXTS, value=TEXTS, key=TEXTS, sentence=TEXTS, about=TEXTS)
    def test_of_an_incident(self, **texts: str) -> None:
        alert = an_alert(
            rule_name=texts["name"],
            about=texts["about"],
            context={texts["key"]: texts["value"], "list": [texts["value"], 1]},
            category=texts["value"],
            status=texts["key"],
        )
        check_mail(a_message(a_content(sentence=texts["sentence"], alert=alert)))

    @given(subject=TEXTS, text=TEXTS, why=TEXTS, full_name=TEXTS)
    def test_of_a_runbook_and_the_directory(
        self, subject: str, text: str, why: str, full_name: str
    ) -> None:
        recipient = Recipient(email="ana@example.com", why=why, full_name=full_name)
        check_mail(a_message(written(subject, text)), recipient)

    @given(name=TEXTS, about=TEXTS)
    def test_of_many_incidents(self, name: str, about: str) -> None:
        alert = an_alert(rule_name=name, about=about)
        digest = a_digest().model_copy(update={"covers": (alert,), "counts": {Severity.P1: 3}})
        check_mail(a_message(digest))

    @given(delivery=TEXTS, incident=TEXTS)
    def test_of_ids(self, delivery: str, incident: str) -> None:
        check_mail(a_message(a_content(alert=an_alert(incident_id=incident)), id=delivery))


class TestWhatIsSaid:
    def test_of_an_incident(self) -> None:
        text = as_text(letter(a_message(), ANA, LINK))
        assert text == (
            "[P1] Secret in output\n\n"
            "Secret in output was detected for agent-7.\n\n"
            "Rule:     Secret in output\n"
            "Category: security_breach\n"
            "Status:   detected\n"
            f"ID:       {INCIDENT}\n"
            "About:    agent-7\n"
            "Detected: 2026-03-01 12:30:00 UTC\n"
            "Signals:  1,204\n"
            "Runbook:  secret-exposure\n"
            "Why P1:   a breach is at least P1 (category: security_breach)\n"
            "project:  billing\n"
            "agent:    agent-7\n\n"
            f"Say that you take care of it:\n  tocsin ack {INCIDENT}\n\n"
            f"See everything about it:\n  tocsin show {INCIDENT}\n\n"
            f"See what happened so far:\n  tocsin timeline {INCIDENT}\n\n"
            f"Open it: https://t.example.com/i/{INCIDENT}?from=mail&x=1\n\n"
            "-- \n"
            "You get this because: on call for payments until 2026-03-02 09:00 CET.\n"
            "Sent by Tocsin about 2026-03-01 12:30:00 UTC, delivery DLV-1f0c9a.\n"
        )

    def test_of_a_digest_by_severity(self) -> None:
        told = letter(a_message(a_digest()), ANA, LINK)
        assert [(group.heading, len(group.lines)) for group in told.groups] == [
            ("P0: 1 incident", 1),
            ("P2: 1,200 incidents", 2),
        ]
        assert told.more == "1,198 more are on the board."
        assert told.link == ""
        assert [step.command for step in told.steps] == ["tocsin incidents"]

    def test_a_runbooks_text_stays_as_it_was_written(self) -> None:
        text = "# Do\n\n  - rotate *the* key\n\tnow \u00a0 日本\u3000語\r\nend"
        told = letter(a_message(written(text=text)), ANA)
        assert told.written == (
            "# Do", "", "  - rotate *the* key", "    now \u00a0 日本\u3000語", "end"
        )  # fmt: skip
        assert not told.steps

    def test_a_test_says_so_once(self) -> None:
        told = letter(a_message(a_test()), ANA)
        assert (told.headline, told.sentence) == ("This is a test of the channel mail.", "")

    @pytest.mark.parametrize(
        ("changes", "is_asked"),
        [({}, True), ({"acknowledged_by": "ana"}, False)],
    )
    def test_who_may_still_answer_is_asked_to(
        self, changes: dict[str, Any], is_asked: bool
    ) -> None:
        told = letter(a_message(a_content("escalated", alert=an_alert(**changes))), ANA)
        assert (told.steps[0].command == f"tocsin ack {INCIDENT}") is is_asked

    def test_what_is_over_asks_for_nothing(self) -> None:
        told = letter(a_message(a_content("resolved")), ANA)
        assert told.is_over
        assert not any("ack" in step.command for step in told.steps)

    def test_a_recipient_without_a_reason_is_told_so(self) -> None:
        told = letter(a_message(), Recipient(address="ops@example.com"))
        assert told.footer[0] == "You get this as a recipient of the channel."


class TestHeaders:
    @pytest.mark.parametrize(
        ("occasion", "expected"),
        [
            ("detected", f"[P1] Secret in output ({INCIDENT})"),
            ("acknowledged", f"[P1: Acknowledged] Secret in output ({INCIDENT})"),
            ("reclassified", f"[P1: Now this severity] Secret in output ({INCIDENT})"),
            ("response_overdue", f"[P1: Nobody answers] Secret in output ({INCIDENT})"),
        ],
    )
    def test_all_that_changes_in_a_subject_is_in_brackets(
        self, occasion: str, expected: str
    ) -> None:
        assert subject(a_content(occasion)) == expected

    def test_subjects_of_the_rest(self) -> None:
        assert subject(written()) == "Rotate the key"
        assert subject(a_digest()) == "Daily digest: 1,201 incidents (1 P0, 1,200 P2)"
        assert subject(a_digest("summary")).startswith("Many incidents at once: ")

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, None),
            ({"begins": "DLV-1f0c9a"}, None),
            ({"begins": "DLV-0"}, "<DLV-0@example.com>"),
            ({"begins": "DLV-0", "receipt": {"message_id": "<DLV-0@then.example>"}},
             "<DLV-0@then.example>"),
            ({"begins": "DLV-0", "receipt": {"message_id": "<x>\r\nBcc: a@b"}},
             "<DLV-0@example.com>"),
        ],
    )  # fmt: skip
    def test_later_mail_refers_to_the_first(
        self, changes: dict[str, Any], expected: str | None
    ) -> None:
        mail = read(source_of(a_message(**changes)))
        assert mail["References"] == mail["In-Reply-To"] == expected

    def test_an_id_that_cannot_be_one_is_digested(self) -> None:
        strange = message_id("a b\n<c>", "example.com")
        assert strange != message_id("a b\n<d>", "example.com")
        assert strange.isprintable()
        assert len(strange) == len("<@example.com>") + 64

    @pytest.mark.parametrize(
        ("content", "is_urgent"),
        [
            (a_content(), True),
            (a_content("escalated", alert=an_alert(severity=Severity.P0)), True),
            (a_content("acknowledged"), False),
            (a_content(alert=an_alert(severity=Severity.P2)), False),
            (a_digest("summary"), True),
            (a_digest(), False),
            (a_test(), False),
        ],
    )
    def test_only_what_is_urgent_says_so(self, content: Any, is_urgent: bool) -> None:
        mail = read(source_of(a_message(content)))
        assert (mail["Importance"], mail["X-Priority"]) == (
            ("high", "1") if is_urgent else (None, None)
        )

    def test_a_mail_is_never_answered_by_machines(self) -> None:
        mail = read(source_of(a_message()))
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["X-Tocsin-Delivery"] == "DLV-1f0c9a"
        assert mail["Date"].datetime == AT

    def test_nothing_in_the_html_is_loaded_from_elsewhere(self) -> None:
        for content in (a_content(), a_digest(), written(), a_test()):
            html = as_html(letter(a_message(content), ANA, LINK))
            for each in ("src=", "url(", "<img", "<script", "@import", "<link"):
                assert each not in html


def test_every_text_of_a_letter_is_checked() -> None:
    shown = {"headline", "sentence", "facts", "groups", "more", "written", "steps", "footer"}
    assert {field.name for field in fields(Letter)} == shown | {"severity", "is_over", "link"}
