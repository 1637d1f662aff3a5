"""Parses one YAML document safely: no code, no bombs, no surprises, every value with its place."""

from typing import cast

import yaml

from infrastructure.configuration.document import Document, Node
from infrastructure.configuration.mistakes import ConfigurationError, Mistake, dotted
from infrastructure.configuration.node_tree import NodeTree
from infrastructure.configuration.refusals import UnreadableRestError
from infrastructure.configuration.yaml_syntax import syntax_problem
from infrastructure.configuration.yaml_text import readable_text

# libyaml is some five times faster where PyYAML was built with it.
_LOADER = cast(type[yaml.SafeLoader], getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def parse_yaml(text: str | bytes, file: str, loader: type[yaml.SafeLoader] = _LOADER) -> Document:
    """Read one document; raise ConfigurationError with all the mistakes if there are any.

    With these mistakes comes the document, if it was read to its end: a refused value is in it as
    its text, and of a key that is given twice the first value.
    """
    readable = readable_text(text, file)
    tree = NodeTree(file)
    mistakes = tree.mistakes
    try:
        # Events, not PyYAML's composer: that one recurses, in C until the process dies.
        for event in yaml.parse(readable, loader):
            tree.feed(event)
    except UnreadableRestError:
        pass  # noted as a mistake already
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the last two: absurd escapes
        (line, column), problem, expected = syntax_problem(error, readable)
        mistakes.append(Mistake(file, line, column, dotted(tree.path), problem, expected))
    if mistakes:
        raise ConfigurationError(mistakes, Document(file, tree.root) if tree.root else None)
    return Document(file, tree.root or Node(None, (1, 1)))
