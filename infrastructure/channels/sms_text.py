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


def text_message(content: Content, answer: str, segments: int) -> str:
    """Write a message in at most so many segments.

    `answer` says how to answer, with `{incident}` for the incident's id and `{short}` for its
    last part.
    """
    alert = content.alert
    begins = sound(title(content)) or "A message from Tocsin"
    if alert is None:
        return composed(begins, ("",), segments)
    if alert.about:
        begins += f" of {shown(alert.about)}"
    return composed(begins, _endings(alert, content, sound(answer)), segments)


def _endings(alert: Alert, content: Content, answer: str) -> tuple[str, ...]:
    short = alert.incident_id.rpartition("-")[2]
    reference = f" ({short})"
    if content.occasion not in _ASKING or alert.acknowledged_by:
        return (reference,)
    told = answer.replace("{incident}", alert.incident_id).replace("{short}", short)
    asking = f". Answer: {told}"
    return (asking if short in told else reference + asking, reference)
