"""Why a request is not sent, or a redirect not followed: facts that trying again cannot change."""

from application.actions import NoAnswerError, UnreachableError


class RefusedError(UnreachableError):
    """Nothing was sent, because the URL, a header or the address is not allowed."""


class RefusedRedirectError(NoAnswerError):
    """A server was asked, and sent the request on to where it may not go."""
