"""How the parts of the reader refuse something; whoever knows its place makes it a mistake."""


class RefusedError(ValueError):
    """Something in the text has no meaning here; reading goes on to find more mistakes."""

    def __init__(self, problem: str, expected: str = "") -> None:
        self.problem, self.expected = problem, expected
        super().__init__(problem)


class UnreadableRestError(RefusedError):
    """Reading on would be unsafe or pointless."""
