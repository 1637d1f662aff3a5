"""Who gets a message: found out at the moment of sending, when it is known who is on call."""

from application.channels import Recipient
from domain.alerting.channel import ChannelDefinition, is_address
from domain.alerting.content import Alert
from domain.alerting.delivery_events import Errand
from domain.provenance import Act
from domain.responder.directory import Directory, NobodyError


class DirectoryReaching:
    """Looks names up in the directory of responders; what is no name there is an address."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def recipients(self, errand: Errand, channel: ChannelDefinition, act: Act) -> list[Recipient]:
        """Give whoever the message is for, each once; raises NobodyError if that is nobody."""
        names = errand.to or channel.to
        found: dict[str, Recipient] = {}
        nobody = []
        for name in names:
            try:
                for each in self._behind(name, errand.content.alert, act):
                    found.setdefault(each.name or each.address, each)
            except NobodyError as error:
                nobody.append(str(error))
        if nobody and not found:
            raise NobodyError("; ".join(nobody))
        return list(found.values())

    def _behind(self, name: str, alert: Alert | None, act: Act) -> list[Recipient]:
        if not self._directory.knows(name) and is_address(name):
            return [_address(name)]
        scope = (
            {"incident": alert.model_dump(mode="json") | {"id": alert.incident_id}} if alert else {}
        )
        return [
            self._person(each.name, each.why)
            for each in self._directory.resolve(name, act.at, scope)
        ]

    def _person(self, name: str, why: str) -> Recipient:
        person = self._directory.people[name]
        return Recipient(
            name=name,
            full_name=person.full_name,
            email=person.email,
            phone=person.phone,
            slack=person.slack,
            timezone=person.timezone,
            why=why,
        )


def _address(written: str) -> Recipient:
    return Recipient(
        address=written,
        email=written if "@" in written[1:] else None,
        phone=written if written.startswith("+") else None,
        slack=written if written[0] in "#@" else None,
    )
