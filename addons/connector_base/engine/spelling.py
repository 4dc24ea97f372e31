"""What a system makes of a value that it stores: another spelling of the same.

Systems trim, change case, format phone numbers, drop tags and round amounts. Such a
value that comes back is no edit of anybody's. Two systems with spellings of their own
would otherwise correct each other for ever.
"""

import decimal
import html
import re
import unicodedata

_TAG = re.compile(r"<[^>]*>")
_SIGNS = re.compile(r"[\W_]+")


def is_spelling(value, stored):
    """Whether ``stored`` is ``value`` but for case, blanks, signs, tags, or rounding.

    :param value: what was sent; texts, numbers, anything else by equality
    :param stored: what the other system has
    """
    if value == stored:
        return True
    if isinstance(value, str) and isinstance(stored, str):
        letters = _letters(value)
        return bool(letters) and letters == _letters(stored)
    if _is_number(value) and _is_number(stored):
        return _is_rounded(decimal.Decimal(str(value)), decimal.Decimal(str(stored)))
    return False


def comes_back(base, sent, stored, own_version):
    """Whether a value is what the other system made of the one that we sent.

    :param base: what both sides agreed on last
    :param sent: what was sent since the record was read last
    :param own_version: it stands in the very version that our sending made
    """
    return sent == base != stored and (own_version or is_spelling(base, stored))


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_rounded(value, stored):
    digits = max(0, -stored.normalize().as_tuple().exponent)
    half = decimal.Decimal(5).scaleb(-digits - 1)
    # Nothing is a rounded amount of which nothing is left.
    return bool(stored) and abs(value - stored) <= half


def _letters(value):
    """What is left of a text without case, blanks, signs and tags."""
    if "<" in value:
        value = html.unescape(_TAG.sub(" ", value))
    value = unicodedata.normalize("NFKC", value).casefold()
    return _SIGNS.sub("", value)
