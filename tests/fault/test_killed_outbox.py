"""What runbooks write to people survives killed workers, and each message is delivered once."""

import time
from pathlib import Path

from infrastructure.outbox import Outbox
from tests.conftest import SOAK
from tests.support.incidents import AT
from tests.support.paging import Paging, channels_to, kill, receiving, seeded

MESSAGES = 1_000 if SOAK else 30
KILLS = 50 if SOAK else 3
ADA = {"name": "ada", "full_name": "Ada Ames", "email": "ada@example.com"}


def _written(number: int) -> dict[str, object]:
    return {
        "id": f"m{number}", "created": AT.isoformat(), "incident": "INC-20260301-AAAAAA",
        "execution": "RUN-EXAMPL-AAAAAAAA", "step": "tell", "recipient": ADA,
        "subject": f"Message {number}", "text": "Please look.",
    }  # fmt: skip


def test_messages_in_the_outbox_survive_kills_and_are_delivered_once(
    tmp_path: Path, database_url: str
) -> None:
    chance, outbox = seeded(), Outbox(tmp_path / "outbox")
    directory = {"people": {"ada": {"full_name": "Ada Ames", "email": "ada@example.com"}}}
    with receiving() as receivers:
        made = Paging.of(
            tmp_path, database_url, channels_to(receivers), messages=["mail"], people=directory
        )
        for number in range(MESSAGES):
            outbox.put(f"m{number}", _written(number))
        (tmp_path / "outbox/new/broken.json").write_text("{")
        outbox.put("foolish", {"id": "foolish", "text": 7})
        for _ in range(KILLS):
            process = made.start_worker()
            more = chance.randrange(1, MESSAGES // (KILLS + 1))
            receivers.wait(receivers.count + more, process)
            time.sleep(chance.uniform(0, 0.01))
            assert kill(process)
        made.work_until(MESSAGES)
        mails = receivers.mails()
    assert {recipient for _, recipient in mails} == {"ada@example.com"}
    assert len(set(mails)) == len(made.deliveries()) == MESSAGES
    assert len(mails) - len(set(mails)) <= KILLS * 4
    subjects = {str(each.mail["Subject"]) for each in receivers.box.received}
    assert subjects == {f"Message {number}" for number in range(MESSAGES)}
    folders = {each: {p.stem for p in (tmp_path / "outbox" / each).iterdir()} for each in
               ("new", "cur", "bad")}  # fmt: skip
    assert folders == {
        "new": set(),
        "cur": {f"m{number}" for number in range(MESSAGES)},
        "bad": {"broken", "foolish"},
    }
