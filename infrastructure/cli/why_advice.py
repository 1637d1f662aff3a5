"""What to do where people were not told of an incident: a channel, a worker, a message."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infrastructure.cli.delivery_story import is_lost, short

if TYPE_CHECKING:
    from application.reports.why import Explanation
    from infrastructure.bootstrap import Tocsin


def advice(found: "Explanation", tocsin: "Tocsin") -> Iterator[str]:
    """Say what to do, as things are now, one line a trouble."""
    yield from _without_a_worker(found)
    yield from _channels(found, tocsin)
    yield from _lost(found)
    if any(not each.channel for ruling in found.rulings for each in ruling.passed_over):
        yield (
            "Name a channel in the rule's `notifyChannels`, the level's `notifications` or a "
            "route of channels.yaml: see docs/alerting.md"
        )


def _without_a_worker(found: "Explanation") -> Iterator[str]:
    if not found.undecided:
        return
    if found.a_worker_has_run:
        yield "See whether a worker runs; it tells people of what is new: tocsin work"
    else:
        yield "No worker has ever run on this database. Start one: tocsin work"


def _channels(found: "Explanation", tocsin: "Tocsin") -> Iterator[str]:
    """Say what is wrong now with the channels that were passed over."""
    from infrastructure.configuration.mistakes import ConfigurationError

    names = dict.fromkeys(
        each.channel for ruling in found.rulings for each in ruling.passed_over if each.channel
    )
    if not names and not found.undecided:
        return
    try:
        settings = tocsin.configuration.alerting
    except ConfigurationError:
        yield "The configuration has mistakes, and no worker starts: tocsin rules check"
        return
    known = {name: settings.channel(name) for name in names}
    missing = [name for name, channel in known.items() if channel is None]
    off = [name for name, channel in known.items() if channel is not None and not channel.enabled]
    if missing:
        yield (
            f"channels.yaml has no channel {', '.join(missing)}: add it, or take its name out of "
            "what names it (tocsin channels)"
        )
    if off:
        yield (
            f"Switched off in channels.yaml: {', '.join(off)}. Take `enabled: false` away, then: "
            f"tocsin channels test {off[0]}"
        )


def _lost(found: "Explanation") -> Iterator[str]:
    for ruling in found.rulings:
        for told in ruling.told:
            if told.deliveries and is_lost(told.deliveries[-1]):
                last = told.deliveries[-1]
                yield f"Send it again by {last.channel}: tocsin deliveries retry {short(last.id)}"
