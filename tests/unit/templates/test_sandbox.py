"""No template gets out, stops the process or fills its memory."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.templates import TemplateError
from infrastructure.templates.engine import JinjaTemplates
from infrastructure.templates.limits import MOST_TEXT

TEMPLATES = JinjaTemplates()
SCOPE: dict[str, Any] = {
    "text": "abc",
    "list": [1, 2],
    "map": {"a": 1, "x": "{0.__class__}"},
    "config": {},
    "big": "y" * 200_000,
}

# From public collections of Jinja escapes: PayloadsAllTheThings, the CVEs named, and the like.
ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ ''['__cl' ~ 'ass__'] }}",
    "{{ ''['\\x5f\\x5fclass\\x5f\\x5f'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ ''|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ [text]|map(attribute='__class__')|list }}",
    "{{ [text]|map('attr', '__class__')|list }}",
    "{{ [map]|groupby('__class__') }}",
    "{{ [map, map]|sort(attribute='__class__') }}",
    "{{ [text]|selectattr('__class__')|list }}",
    "{{ [text]|sum(attribute='__class__') }}",
    "{{ [text]|unique(attribute='__class__')|list }}",
    "{{ [text, text]|min(attribute='__class__') }}",
    "{{ [text]|join(attribute='__class__') }}",
    "{{ text.__init__.__globals__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ config.__class__.__init__.__globals__ }}",
    "{{ config.from_pyfile('/etc/passwd') }}",
    "{{ request.application.__globals__ }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ url_for.__globals__ }}",
    "{{ range.__class__ }}",
    "{{ range(1).__class__ }}",
    "{{ (1).__class__ }}",
    "{{ [].__class__.__base__ }}",
    "{{ {}.__class__.__bases__[0] }}",
    "{{ ().__class__.__bases__[0].__subclasses__() }}",
    "{{ true.__class__ }}",
    "{{ none.__class__ }}",
    "{{ 1.0.__class__ }}",
    "{{ missing.__class__ }}",
    "{{ text.format }}",
    "{{ '{0.__class__}'.format(text) }}",
    "{{ '{a.__class__}'.format_map({'a': text}) }}",
    "{{ '{0.__class__}'|attr('format')(text) }}",  # CVE-2025-27516
    "{{ ['{0.__class__}']|map('format', text)|list }}",  # CVE-2016-10745
    "{{ '%s'|format(text.__class__) }}",
    "{{ '%(a)s' % {'a': 1} }}",
    "{{ text.upper.__self__ }}",
    "{{ text.upper.__func__ }}",
    "{{ text.mro }}",
    "{{ map.items.__self__ }}",
    "{{ map.pop('a') }}",
    "{{ map.update({'b': 1}) }}",
    "{{ map.clear() }}",
    "{{ map.setdefault('z', 1) }}",
    "{{ list.append(3) }}",
    "{{ list.__iadd__([1]) }}",
    "{{ list.sort() }}",
    "{% for x in (list|map('upper')) %}{{ x.gi_frame }}{% endfor %}",
    "{{ (list|map('upper')).gi_frame }}",
    "{{ (list|map('upper')).gi_code.co_consts }}",
    "{% for x in list %}{{ loop.__class__ }}{% endfor %}",
    "{% for x in list %}{{ loop._iterable }}{% endfor %}",
    "{% for x in list %}{{ loop._iterator.gi_frame }}{% endfor %}",
    "{% for x in list %}{{ loop['_undefined'] }}{% endfor %}",
    "{% for x in list %}{{ loop.cycle.__func__ }}{% endfor %}",
    "{% for x in list recursive %}{{ loop(list) }}{% endfor %}",
    "{% include '/etc/passwd' %}",
    "{% include ['a', 'b'] ignore missing %}",
    "{% import 'os' as os %}",
    "{% from 'os' import system %}",
    "{% extends 'base' %}",
    "{% block x %}{% endblock %}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}",
    "{% macro m() %}{{ varargs }}{% endmacro %}{{ m.__globals__ }}",
    "{% call x() %}{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% set x %}y{% endset %}",
    "{% set ns.x = 1 %}",
    "{% autoescape true %}{% endautoescape %}",
    "{% do text.upper() %}",
    "{% debug %}",
    "{% set _budget = 1 %}",
    "{{ _budget }}",
    "{{ _value }}",
    "{% for _budget in list %}{% endfor %}",
    "{{ context }}",
    "{{ environment }}",
    "{{ resolve }}",
    "{{ text|pprint }}",
    "{{ text|safe }}",
    "{{ text|e }}",
    "{{ {'a': 1}|xmlattr }}",  # CVE-2024-22195
    "{{ list|random }}",
    "{{ range(*[1]) }}",
    "{{ dict(**map) }}",
    "{{ text|upper(*list) }}",
    "{{ text() }}",
    "{{ map() }}",
    "{{ text.split().append(1) }}",
    "{{ map.get.__self__ }}",
]
EXPENSIVE = [
    "{{ 'x' * 10**9 }}",
    "{{ 10**9 * 'x' }}",
    "{{ [0] * 10**9 }}",
    "{{ 10**10**10 }}",
    "{{ 2**100000 }}",
    "{% set x = 10**70 %}{% set x = x*x %}{% set x = x*x %}{{ x }}",
    "{{ range(10**9) }}",
    "{{ range(10**5)|list }}",
    "{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}",
    "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
    "{% for a in range(9) %}{{ big }}{% endfor %}",
    "{% set a = 'xxxx' %}" + "{% set a = a ~ a %}" * 60 + "{{ a }}",
    "{% set a = 'xxxx' %}" + "{% set a = a + a %}" * 60 + "{{ a }}",
    "{% set a = [0] %}" + "{% set a = [a, a] %}" * 60 + "{{ a }}",
    "{% set a = [0] %}" + "{% set a = a + a %}" * 60 + "{{ a }}",
    "{% set a = [0] %}{% set b = [0] %}" + "{% set a = [a, a] %}{% set b = [b, b] %}" * 60
    + "{{ a == b }}",
    "{% set a = {'k': 0} %}" + "{% set a = {'k': a, 'l': a} %}" * 60 + "{{ a|tojson }}",
    "{{ big|replace('y', big) }}",
    "{{ range(9999)|join(big) }}",
    "{{ big|list|join(big) }}",
    "{{ 'x'|center(10**9) }}",
    "{{ 'x'|indent(10**9) ~ big ~ big ~ big ~ big ~ big ~ big }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ 'x'.ljust(10**9) }}",
    "{{ 'x'.zfill(10**9) }}",
    "{{ 1.5|round(10**9, 'ceil') }}",
    "{{ [1]|batch(10**9, 'x')|list }}",
    "{{ [1]|slice(10**9)|list }}",
    "{{ ('9' * 4000)|int }}",
    "{{ " + "9" * 5000 + " }}",
    "{{ " + "(" * 9000 + ")" * 9000 + " }}",
    "{{ " + "not " * 9000 + "1 }}",
    "{{ " + "+".join("1" * 9000) + " }}",
    "{{ a" + ".b" * 9000 + " }}",
    "{% if 1 %}" * 3000 + "{% endif %}" * 3000,
    "{% for a in list %}" * 40 + "x" + "{% endfor %}" * 40,
    "x" * MOST_TEXT + "{{ 1 }}",
]  # fmt: skip


@pytest.mark.parametrize("written", ESCAPES)
def test_no_escape(written: str) -> None:
    for text in (written, f"x {written}"):
        with pytest.raises(TemplateError):
            TEMPLATES.render(text, SCOPE)


@pytest.mark.parametrize("written", EXPENSIVE, ids=lambda text: text[:40])
def test_no_template_costs_more_than_a_moment(written: str) -> None:
    begun = time.process_time()
    with pytest.raises(TemplateError):
        TEMPLATES.render(written, SCOPE)
    assert time.process_time() - begun < 2


def test_the_scope_is_never_changed() -> None:
    before = repr(SCOPE)
    for written in ESCAPES:
        with pytest.raises(TemplateError):
            TEMPLATES.render(written, SCOPE)
    assert repr(SCOPE) == before


FRAGMENTS = st.sampled_from([
    "{{", "}}", "{%", "%}", "{#", "#}", "${", "}", "A", " ", "\n", "text", "list", "map", ".", "|",
    "[", "]", "(", ")", "'", "~", "+", "*", "**", "for x in ", "if ", "set x = ", "endfor", "endif",
    "__class__", "upper", "join", "map('upper')", "1", "9", ",", "is defined", "default", "range",
    "loop", "raw", "endraw", "not ", "-", "\\", "\u0000", "é", "[0]", ":", "else", "with a = 1",
])  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=25))
def test_whatever_is_written_gives_plain_data_or_a_template_error(parts: list[str]) -> None:
    try:
        found = TEMPLATES.render("".join(parts), SCOPE)
    except TemplateError:
        return
    assert type(found) in {str, int, float, bool, list, dict, type(None)}
