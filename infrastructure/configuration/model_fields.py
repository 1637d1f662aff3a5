"""Finds which fields a pydantic model knows at a place in a document."""

import types
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import AliasChoices, AliasPath, BaseModel, RootModel
from pydantic.fields import FieldInfo

from infrastructure.configuration.document import Node
from infrastructure.configuration.mistakes import KeyPath

Fields: TypeAlias = Sequence[tuple[str, ...]]


def known_fields(model: type[BaseModel], root: Node, path: KeyPath) -> Fields:
    """Return the fields of the mapping at a path, each as all its accepted spellings.

    Where a union leaves several models possible, those are dropped whose `Literal` fields
    contradict what is written.
    """
    node, shapes = root, list(_unwrapped(model))
    for step in path:
        entry = node.child(step)
        if entry is None:
            return ()
        shapes = [inner for shape in shapes for inner in _inside(shape, step)]
        node = entry.node
    models = [shape for shape in shapes if _is_model(shape)]
    fitting = [each for each in models if not _contradicts(each, node)] or models
    fields = [_spellings(each, name) for each in fitting for name in each.model_fields]
    return tuple(dict.fromkeys(fields))


def _inside(shape: Any, step: str | int) -> Iterator[Any]:
    """What a value of this shape holds at a key or index."""
    if _is_model(shape):
        for name, info in shape.model_fields.items():
            if step in _spellings(shape, name):
                yield from _unwrapped(info.annotation)
        return
    origin, arguments = get_origin(shape), get_args(shape)
    if not isinstance(origin, type) or not arguments:
        return
    if issubclass(origin, Mapping):
        yield from _unwrapped(arguments[-1]) if isinstance(step, str) else ()
    elif issubclass(origin, Collection) and isinstance(step, int):
        for argument in arguments:
            yield from _unwrapped(argument)


def _unwrapped(annotation: Any) -> Iterator[Any]:
    """The shapes that an annotation allows, without Annotated, unions, aliases and root models."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _unwrapped(get_args(annotation)[0])
    elif origin is Union or origin is types.UnionType:
        for argument in get_args(annotation):
            yield from _unwrapped(argument)
    elif hasattr(annotation, "__value__"):  # the `type` statement's aliases
        yield from _unwrapped(annotation.__value__)
    elif _is_model(annotation) and issubclass(annotation, RootModel):
        yield from _unwrapped(annotation.model_fields["root"].annotation)
    else:
        yield annotation


def _is_model(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, BaseModel)


@lru_cache(maxsize=4096)
def _spellings(model: type[BaseModel], name: str) -> tuple[str, ...]:
    info, config = model.model_fields[name], model.model_config
    aliases = tuple(_alias_keys(info)) if config.get("validate_by_alias", True) else ()
    by_name = config.get("populate_by_name") or config.get("validate_by_name")
    return tuple(dict.fromkeys((*aliases, name) if by_name or not aliases else aliases))


def _alias_keys(info: FieldInfo) -> Iterator[str]:
    alias = info.validation_alias if info.validation_alias is not None else info.alias
    for choice in alias.choices if isinstance(alias, AliasChoices) else (alias,):
        key = choice.path[0] if isinstance(choice, AliasPath) else choice
        if isinstance(key, str):
            yield key


def _contradicts(model: type[BaseModel], node: Node) -> bool:
    for name, info in model.model_fields.items():
        for shape in _unwrapped(info.annotation):
            for spelling in _spellings(model, name) if get_origin(shape) is Literal else ():
                entry = node.child(spelling)
                if entry and entry.node.content not in get_args(shape):
                    return True
    return False
