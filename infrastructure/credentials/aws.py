"""Access keys of AWS users, made inactive and, if configured, deleted."""

import logging
import re
from contextlib import suppress
from typing import Any, Literal

from pydantic import StrictBool, StrictStr, model_validator

from application.actions import ActionFailedError, Call, Surroundings
from infrastructure.credentials.provider import Credential, ProviderSettings, Revoked
from infrastructure.outgoing.deadline import within

_KEY_ID = re.compile(r"[A-Z0-9]{16,128}")
_TEMPORARY = "ASIA"
_PATIENCE = 10.0
_SERVER_ERRORS = 500
_PASSING = frozenset(
    {
        "RequestLimitExceeded", "ServiceFailure", "ServiceUnavailable", "SlowDown", "Throttling",
        "ThrottlingException", "TooManyRequestsException", "EntityTemporarilyUnmodifiable",
        "ConcurrentModification",
    }
)  # fmt: skip


class AwsSettings(ProviderSettings):
    """How AWS is asked. Without keys of its own Tocsin uses boto3's usual ones.

    `region` only chooses the partition, as IAM is global: say `cn-north-1` or `us-gov-west-1`
    where that applies.
    """

    provider: Literal["aws"]
    delete: StrictBool = False
    region: StrictStr = "us-east-1"
    endpoint_url: StrictStr | None = None
    access_key_id: StrictStr | None = None
    secret_access_key: StrictStr | None = None
    session_token: StrictStr | None = None

    @model_validator(mode="after")
    def _has_both_halves(self) -> "AwsSettings":
        if (self.access_key_id is None) != (self.secret_access_key is None):
            msg = "give both access_key_id and secret_access_key, or neither"
            raise ValueError(msg)
        return self


class AwsKeys:
    """Revokes access keys through IAM; a step may name the key's owner in the extra `user`."""

    def __init__(self, settings: AwsSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._surroundings = surroundings

    def revoke(self, credential: Credential, call: Call) -> Revoked:
        """Make a key inactive; a key that IAM does not know is revoked."""
        if not _KEY_ID.fullmatch(credential.id):
            raise ActionFailedError("the credential_id is not the id of an AWS access key")
        if credential.id.startswith(_TEMPORARY):
            msg = (
                "it is a temporary credential, which IAM cannot revoke: revoke its role's sessions"
            )
            raise ActionFailedError(msg)
        seconds = call.seconds_left()
        if not seconds:
            raise ActionFailedError("there was no time left to ask AWS", passing=True)
        iam = self._client(seconds)
        try:
            return within(seconds, lambda: self._revoke(iam, credential))
        except TimeoutError:
            raise ActionFailedError("AWS took too long to answer", passing=True) from None
        except Exception as error:  # whatever boto3 raises is told in our words
            raise _failure(error) from None

    def _client(self, seconds: float) -> Any:
        # Request headers are among what botocore logs for debugging.
        logging.getLogger("botocore").setLevel(logging.INFO)
        try:
            import boto3  # noqa: PLC0415 - an optional extra
            from botocore.config import Config  # noqa: PLC0415 - an optional extra
        except ImportError:
            msg = "revoking AWS access keys needs the extra aws: pip install 'tocsin[aws]'"
            raise ActionFailedError(msg) from None
        patience = min(_PATIENCE, seconds)
        config = Config(
            connect_timeout=patience, read_timeout=patience, retries={"total_max_attempts": 1}
        )
        try:
            return boto3.session.Session().client(
                "iam",
                region_name=self._settings.region,
                endpoint_url=self._settings.endpoint_url,
                config=config,
                **self._keys(),
            )
        except ValueError:
            raise ActionFailedError("the endpoint_url of AWS is not a URL") from None

    def _keys(self) -> dict[str, str]:
        written = {
            "aws_access_key_id": self._settings.access_key_id,
            "aws_secret_access_key": self._settings.secret_access_key,
            "aws_session_token": self._settings.session_token,
        }
        resolve = self._surroundings.secrets.resolve
        return {name: resolve(text) for name, text in written.items() if text is not None}

    def _revoke(self, iam: Any, credential: Credential) -> Revoked:
        unknown = iam.exceptions.NoSuchEntityException
        key, user = credential.id, credential.extras.get("user")
        try:
            user = self._deactivated(iam, key, user)
        except unknown:
            return Revoked(already=True, details={"user": None, "deleted": True})
        if self._settings.delete:
            with suppress(unknown):
                iam.delete_access_key(UserName=user, AccessKeyId=key)
        return Revoked(already=False, details={"user": user, "deleted": self._settings.delete})

    def _deactivated(self, iam: Any, key: str, user: str | None) -> str:
        if user:
            try:
                iam.update_access_key(UserName=user, AccessKeyId=key, Status="Inactive")
            except iam.exceptions.NoSuchEntityException:
                # That is also what IAM says of a key that is there and somebody else's.
                user = None
        if not user:
            user = _owner(iam, key)
            iam.update_access_key(UserName=user, AccessKeyId=key, Status="Inactive")
        return user


def _owner(iam: Any, key: str) -> str:
    user = iam.get_access_key_last_used(AccessKeyId=key).get("UserName")
    if not isinstance(user, str) or not user:
        # Without a name, IAM would take the key for one of whoever asks.
        raise ActionFailedError("AWS does not say which user has the key: name it as extra `user`")
    return user


def _failure(error: Exception) -> ActionFailedError:
    """Word an error of boto3 without the ids and names that its own text holds."""
    if isinstance(error, ActionFailedError):
        return error
    answer = getattr(error, "response", None)
    if not isinstance(answer, dict):
        # No answer: botocore names its errors well, and tells secrets only in their texts.
        kind = type(error).__name__
        passing = kind not in {"NoCredentialsError", "PartialCredentialsError"}
        return ActionFailedError(f"AWS cannot be asked ({kind})", passing=passing)
    code = str(answer.get("Error", {}).get("Code", ""))
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    named = code if code.isascii() and code.isalnum() else "an error"
    passing = code in _PASSING or status >= _SERVER_ERRORS
    return ActionFailedError(f"AWS answered {named} ({status})", passing=passing)
