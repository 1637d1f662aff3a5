"""The few characters of a text message: how bad, what, which incident, and how to answer."""

from application.alerting.wording import title
from application.projections.texts import shown
from domain.alerting.content import Alert, Content
from infrastructure.channels.foreign import sound
from infrastructure.channels.gsm7 import composed

# Where somebody has it already, or it is over, nobody is asked to answer.
_ASKING = frozenset(
    {"detected", "reclassified", "reopened", "response_overdue", "escalated", "test"}
)
# These say something else than which incident it is.
_OF_ITS_OWN = frozenset({"message", "obligation", "obligation_overdue"})


def text_message(content: Content, answer: str, segments: int) -> str:
    """Write a message in at most so many segments.

    `answer` says how to answer, with `{incident}` for the incident's id and `{short}` for its
    last part.
    """
    alert = content.alert
    if alert is None:
        written = composed(sound(title(content)), ("",), segments)
        # Of nothing but symbols nothing may be left.
        return written if written.strip() else composed("A message from Tocsin", ("",), segments)
    endings = _endings(alert, content, sound(answer))
    return composed(sound(_beginning(alert, content)), endings, segments)


def _beginning(alert: Alert, content: Content) -> str:
    if content.occasion in _OF_ITS_OWN:
        return f"[{alert.severity}] {shown(content.subject or content.sentence)}"
    return title(content) + (f" of {shown(alert.about)}" if alert.about else "")


def _endings(alert: Alert, content: Content, answer: str) -> tuple[str, ...]:
    short = alert.incident_id.rpartition("-")[2]
    reference = f" ({short})"
    if content.occasion not in _ASKING or alert.acknowledged_by:
        return (reference,)
    told = answer.replace("{incident}", alert.incident_id).replace("{short}", short)
    asking = f". Answer: {told}"
    return (asking if short in told else reference + asking, reference)
