"""Commands that are HTTP requests: they become steps of the action `http_request`."""

import json
import re
from typing import Any

from infrastructure.cacao.drafts import (
    CannotMakeError,
    Draft,
    Place,
    decoded,
    name_of,
    text_of,
    timing_of,
)
from infrastructure.cacao.findings import Finding
from infrastructure.cacao.playbook import Action, AgentTarget, Command
from infrastructure.cacao.variables import REFERENCE, literal, plain_name
from infrastructure.configuration.mistakes import quoted

REQUESTS = frozenset({"http-api", "openc2-http", "openc2"})

_LINE = re.compile(r"\s*([A-Za-z]+)\s+(\S+)(?:\s+HTTP/?[0-9.]+)?\s*")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]+:[0-9A-Fa-f:.]*")
_SENSITIVE = re.compile(r"authorization|cookie|token|key|secret|passw", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"[0-9]{50}")  # what no reader of YAML has to take
_SCHEME = re.compile(r"(Basic|Bearer|Token) ", re.IGNORECASE)
_LOGINS = {"http-basic": "Basic ", "oauth2": "Bearer "}


def request(place: Place, step: Action, command: Command, target: AgentTarget | None) -> Draft:
    """Make a step that sends a request; raises CannotMakeError."""
    line = text_of(command, place.of_command())
    found = _LINE.fullmatch(line)
    if found is None or found[1].upper() not in _METHODS:
        text = f"{quoted(line)} is not the first line of an HTTP request"
        raise CannotMakeError(Finding(place.of_command("command"), text))
    if command.type == "openc2":
        text = "openc2 is no type of CACAO 2.0; taken for openc2-http"
        place.notes.note(Finding(place.of_command("type"), text))
    headers = _headers(place, command)
    if target is not None and target.authentication_info is not None:
        headers.setdefault("Authorization", _login(place, target))
    body = _body(place, command)
    return {
        "name": name_of(step, place.name),
        "type": "automated",
        "action": "http_request",
        "parameters": {
            "method": found[1].upper(),
            "url": _url(place, found[2], target),
            **({"headers": headers} if headers else {}),
            **({"body": body} if body is not None else {}),
        },
        **timing_of(place),
        **_outputs(place, step),
    }


def _url(place: Place, written: str, target: AgentTarget | None) -> str:
    if not re.match(r"https?://", written, re.IGNORECASE):
        written = f"{_server(place, target)}/{written.lstrip('/')}"
    scheme, _, rest = written.partition("://")
    authority, slash, tail = rest.partition("/")
    host = _with_variables(place, authority, "")
    return f"{scheme.lower()}://{host}{slash}{_with_variables(place, tail, ' | urlencode')}"


def _with_variables(place: Place, text: str, filters: str) -> str:
    """Write a part of a URL. In one, what looks like a variable is one, declared or not."""
    path = place.of_command("command")
    done, at = "", 0
    for found in REFERENCE.finditer(text):
        done += literal(text[at : found.start()]) + place.written(f"__{found[1]}__", path, filters)
        at = found.end()
    return done + literal(text[at:])


def _server(place: Place, target: AgentTarget | None) -> str:
    """Give scheme and address of a target (section 7.8), without the slash at the end."""
    if target is None:
        text = "names no server, and the step has no target that does"
        raise CannotMakeError(Finding(place.of_command("command"), text))
    several = [(kind, each) for kind, found in target.address.items() for each in found]
    if len(several) > 1:
        text = f"{target.name} has several addresses; the first is taken"
        place.notes.note(Finding(place.path("targets"), text))
    kind, address = several[0] if several else ("", "")
    if kind == "url" and re.match(r"https?://[^/]", address):
        return address.rstrip("/")
    is_host = _HOST.fullmatch(address) or REFERENCE.search(address)
    if kind not in ("dname", "ipv4", "ipv6") or not is_host:
        text = f"{quoted(address)} of {target.name} is not the address of a server"
        raise CannotMakeError(Finding(place.path("targets"), text))
    scheme = "http" if str(target.port) == "80" else "https"
    port = "" if target.port is None or str(target.port) in ("80", "443") else f":{target.port}"
    return f"{scheme}://{f'[{address}]' if kind == 'ipv6' else address}{port}"


def _headers(place: Place, command: Command) -> dict[str, str]:
    headers = {}
    for name, written in command.headers.items():
        value = written if isinstance(written, str) else ", ".join(written)
        path = place.of_command("headers", name)
        if _SENSITIVE.search(name):
            scheme = found[0] if (found := _SCHEME.match(value)) else ""
            headers[name] = f"{scheme}{_secret(place, name, path)}"
        else:
            headers[name] = place.filled(value, path)
    return headers


def _login(place: Place, target: AgentTarget) -> str:
    name = target.authentication_info or ""
    kind = place.playbook.authentication_info_definitions[name].type
    path = ("authentication_info_definitions", name)
    if kind not in _LOGINS:
        text = f"requests cannot prove who they are by {quoted(kind)}"
        raise CannotMakeError(Finding(path, text))
    return _LOGINS[kind] + _secret(place, f"{target.name} {kind}", path)


def _secret(place: Place, what: str, path: tuple[str | int, ...]) -> str:
    # The beginning keeps a playbook from naming a secret that is there for something else.
    name = "CACAO_" + re.sub(r"[^A-Z0-9]+", "_", what.upper()).strip("_")
    place.notes.note(Finding(path, f"a secret is not carried over: set {name} for Tocsin"))
    return f"${{{name}}}"


def _body(place: Place, command: Command) -> Any:
    field = "content" if command.content is not None else "content_b64"
    path = place.of_command(field)
    if command.content is not None:
        text = command.content
    elif command.content_b64 is not None:
        text = decoded(command.content_b64, path)
    else:
        return None
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict | list) and not _LONG_NUMBER.search(text):
        return _filled(place, value, path)
    return place.filled(text, path)


def _filled(place: Place, value: Any, path: tuple[str | int, ...]) -> Any:
    """Fill the texts of a JSON value; a variable can then never break out of its text."""
    if isinstance(value, str):
        return place.filled(value, path)
    if isinstance(value, list):
        return [_filled(place, item, path) for item in value]
    if isinstance(value, dict):
        return {key: _filled(place, item, path) for key, item in value.items()}
    return value


def _no_number(constant: str) -> Any:
    raise ValueError(constant)


def _outputs(place: Place, step: Action) -> Draft:
    if len(step.out_args) != 1:
        return {}
    (name,) = step.out_args
    place.notes.note(Finding(place.path("out_args", 0), f"{name} is the body of the answer"))
    return {"outputs": {plain_name(name): "body"}}
