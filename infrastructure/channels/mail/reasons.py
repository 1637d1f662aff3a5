"""Why a mail server cannot be used: what to do about it, and whether it may pass."""

import smtplib
import ssl

from application.actions import ActionFailedError, Secrets
from infrastructure.channels.mail.replies import is_permanent, numbers, told

# The name or the address is not the one that the certificate is for.
_WRONG_NAME = frozenset({62, 64})
_TOO_OLD = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"})


def why_not_entered(name: str, error: OSError, secrets: Secrets) -> ActionFailedError:
    """Make the error that tells why no mail could be handed to the server of a name."""
    if isinstance(error, smtplib.SMTPException):
        return _why_not_let_in(name, error, secrets)
    if isinstance(error, ssl.SSLCertVerificationError):
        advice = "name a file with its authority in `authorities`"
        if error.verify_code in _WRONG_NAME:
            advice = "write in `host` the name that the certificate is for"
        why = f"the certificate of {name} is not accepted: {error.verify_message}"
        return ActionFailedError(f"{why}; {advice}")
    if isinstance(error, ssl.SSLError):
        if error.reason in _TOO_OLD:
            return ActionFailedError(f"{name} offers no TLS of version 1.2 or newer")
        why = f"{name}: TLS failed ({error.reason or 'no reason given'})"
        return ActionFailedError(f"{why}; is `tls` right for this port?", passing=True)
    return ActionFailedError(f"{name}: {error.strerror or type(error).__name__}", passing=True)


def _why_not_let_in(name: str, error: smtplib.SMTPException, secrets: Secrets) -> ActionFailedError:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return ActionFailedError(f"{name} {error}")
    if not isinstance(error, smtplib.SMTPResponseException):
        return ActionFailedError(f"{name} closed the connection", passing=True)
    code, text = error.smtp_code, error.smtp_error
    if isinstance(error, smtplib.SMTPAuthenticationError):
        # What a server says of a password may repeat it.
        why = f"{name} did not accept the username and password: {numbers(code, text)}"
    else:
        why = f"{name} let nobody in: {told(code, text, secrets)}"
    return ActionFailedError(why, passing=not is_permanent(code))
