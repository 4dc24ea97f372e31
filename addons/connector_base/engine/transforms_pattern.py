"""Transforms by regular expression, kept from running away.

Python's engine backtracks: ``(a+)+$`` needs 2^n steps on a text of n letters, and
nothing can stop it while it runs. So a pattern is looked at before it is used:

- it has at most :data:`LONGEST_PATTERN` characters;
- nothing repeated contains a repetition or an alternative, which rules out exponential
  time (possessive and atomic parts don't backtrack and are free of that);
- no backreferences, no conditions;
- what is left takes at most about n^(k+1) / (k+1)! steps with k open repetitions: the
  more of them, the shorter the texts that it is tried on, see :data:`LONGEST_TEXT`.
"""

import functools
import re
from re import _constants as constants
from re import _parser as parser

LONGEST_PATTERN = 200
#: Number of repetitions without a small end -> most characters of a text.
LONGEST_TEXT = {0: 10_000, 1: 2_000, 2: 300, 3: 100}
#: A repetition with no more than these turns is counted as if it were written out.
SMALL_REPEAT = 12

_REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT)
_FREE = (constants.ATOMIC_GROUP, constants.POSSESSIVE_REPEAT)
_LOOKS = (constants.ASSERT, constants.ASSERT_NOT)
_ARROW = re.compile(r"\s*=>\s?")


def _walk(items, inside=False):
    """Count open repetitions.

    :param inside: whether these items are repeated themselves
    :raises ValueError: for what may take exponential time
    """
    count = 0
    for operator, value in items:
        if operator in _REPEATS or operator is constants.POSSESSIVE_REPEAT:
            least, most, body = value
            varies = least != most or most > SMALL_REPEAT
            free = operator is constants.POSSESSIVE_REPEAT
            if inside and varies and not free:
                raise ValueError("a repetition inside a repetition")
            count += _walk(body, inside or most > 1)
            count += bool(most > SMALL_REPEAT and not free)
        elif operator is constants.SUBPATTERN:
            count += _walk(value[-1], inside)
        elif operator is constants.ATOMIC_GROUP:
            count += _walk(value, inside)
        elif operator in _LOOKS:
            count += _walk(value[1], inside)
        elif operator is constants.BRANCH:
            if inside:
                raise ValueError("an alternative inside a repetition")
            count += sum(_walk(branch) for branch in value[1])
        elif operator in (constants.GROUPREF, constants.GROUPREF_EXISTS):
            raise ValueError("a reference back")
    return count


@functools.lru_cache(maxsize=1024)
def compile_pattern(text):
    """Compile a pattern that can't run away.

    :return: ``(compiled pattern, most characters of a text that it is tried on)``
    :raises ValueError: where it is no pattern, too long, or may take too long
    """
    if not text or len(text) > LONGEST_PATTERN:
        raise ValueError(f"a pattern has 1 to {LONGEST_PATTERN} characters")
    try:
        count = _walk(parser.parse(text))
        compiled = re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if count > max(LONGEST_TEXT):
        raise ValueError(f"more than {max(LONGEST_TEXT)} open repetitions")
    return compiled, LONGEST_TEXT[count]


@functools.lru_cache(maxsize=1024)
def parse_replacement(argument):
    r"""``"\D+ => "`` as ``(compiled pattern, most characters, replacement)``.

    :raises ValueError: where one of both can't be used
    """
    parts = _ARROW.split(argument or "", maxsplit=1)
    if len(parts) != 2:
        raise ValueError("write it as pattern => replacement")
    compiled, most = compile_pattern(parts[0])
    try:
        # What names a group that isn't there is told now, not with the first value.
        parser.parse_template(parts[1], compiled)
    except (re.error, IndexError) as error:
        raise ValueError(str(error)) from None
    return compiled, most, parts[1]


def _bounded(value, most):
    if isinstance(value, dict | list | bool):
        raise ValueError("a text is needed")
    text = str(value)
    if len(text) > most:
        raise ValueError("the text is too long for the pattern")
    return text


def extract(value, argument):
    """The first group of the first match, or all of it; ``None`` without a match."""
    compiled, most = compile_pattern(argument)
    match = compiled.search(_bounded(value, most))
    if match is None:
        return None
    return match[1] if compiled.groups else match[0]


def replace(value, argument):
    """All matches replaced."""
    compiled, most, replacement = parse_replacement(argument)
    return compiled.sub(replacement, _bounded(value, most))
