"""Why a command on an incident was refused."""


class IncidentError(Exception):
    """A command that an incident refuses; the message says why and what to do instead."""


class AlreadyAcknowledgedError(IncidentError):
    """Somebody has acknowledged the incident before."""


class IllegalTransitionError(IncidentError):
    """The incident's status does not allow the command."""


class NothingChangedError(IncidentError):
    """The command would leave everything as it is."""


class ReviewMissingError(IncidentError):
    """A runbook that was carried out has to be reviewed first."""
