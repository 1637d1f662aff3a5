"""Why a command on an execution was refused."""


class ExecutionError(Exception):
    """A command that an execution refuses; the message says why and what to do instead."""


class NotWaitingError(ExecutionError):
    """The step does not wait for this."""


class NotAllowedError(ExecutionError):
    """Somebody else has to do this."""


class NotStatedError(ExecutionError):
    """The step needs to be told more before it is done."""


class ExecutionEndedError(ExecutionError):
    """The execution has ended."""


class LostClaimError(ExecutionError):
    """What is to be recorded belongs to an attempt that is no longer running."""
