"""The rule set compiled for speed: which signals, or lines, satisfy which rules.

The domain's `Rule.matches` is the meaning; everything here only finds the same answer sooner.
"""

from infrastructure.matching.line_scanner import JsonLinesScanner
from infrastructure.matching.rule_index import RuleIndex

__all__ = ["JsonLinesScanner", "RuleIndex"]
