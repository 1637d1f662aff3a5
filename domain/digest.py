"""By what a definition is known: equal digests, equal meaning."""

from hashlib import sha256

from pydantic import BaseModel


def digest_of(definition: BaseModel) -> str:
    """Give the SHA-256, in hex, of what a definition says.

    Defaults that nobody wrote are left out: a field that is added later changes no digest.
    """
    return sha256(definition.model_dump_json(exclude_defaults=True).encode()).hexdigest()
