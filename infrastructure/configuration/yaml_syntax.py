"""Says in plain words what the YAML parser stumbled over, and what would help."""

import yaml

from infrastructure.configuration.mistakes import Position, shorten

# Fragments of the messages of libyaml and of PyYAML's own parser, with what usually helps.
_REMEDIES = (
    (
        "mapping values are not allowed",
        'quotes around text that contains ": ", or other indentation',
    ),
    ("could not find expected ':'", "a colon and a space after the key"),
    ("expected ',' or ", "a comma between items, or the closing bracket"),
    ("unexpected end of stream", "a closing quote"),
    ("tab character", "spaces instead of the tab"),
    ("unknown escape character", "single quotes, or two backslashes for one"),
    ("did not find expected key", "the keys of a mapping below each other"),
    ("'-' indicator", "the items of a list below each other"),
    ("expected <block end>", "keys or items below each other"),
    ("node content", "a value"),
    ("undefined tag handle", "a value without a tag"),
    ("incompatible YAML", "no %YAML line, or %YAML 1.2"),
)


def syntax_problem(error: Exception, text: str) -> tuple[Position, str, str]:
    """Return where the syntax breaks, the problem, and what was expected."""
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return (1, 1), shorten(f"not YAML: {error}", 200), ""
    lines = text.splitlines() or [""]
    position = (mark.line + 1, mark.column + 1)
    if mark.line >= len(lines):
        position = (len(lines), len(lines[-1]) + 1)
    problem = shorten(f"not YAML: {error.problem}{_context(error)}", 200)
    here = lines[position[0] - 1][position[1] - 1 : position[1]]
    return position, problem, _remedy(error.problem or "", here)


def _context(error: yaml.MarkedYAMLError) -> str:
    began, broke = error.context_mark, error.problem_mark
    if not error.context or not began or not broke or began.line == broke.line:
        return ""
    return f" {error.context} that begins on line {began.line + 1}"


def _remedy(problem: str, character: str) -> str:
    if "cannot start any token" in problem:
        return "spaces instead of the tab" if character == "\t" else "quotes around the text"
    return next((remedy for part, remedy in _REMEDIES if part in problem), "")
