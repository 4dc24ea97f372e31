"""Record ids: 15 case-sensitive characters, or 18 with a checksum of the case.

The three last characters of an 18-character id tell, five at a time, which of the 15
are capitals, so that the id survives a system that ignores case.
[3P, in many implementations; the tests hold it to known ids]
"""

import re

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
#: What follows the key prefix: the instance that made the record.
INSTANCE = "5g0"
ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


def checksum(short):
    """The three characters that make an id of 15 one of 18."""
    signs = ""
    for start in (0, 5, 10):
        bits = 0
        for place in range(5):
            if "A" <= short[start + place] <= "Z":
                bits |= 1 << place
        signs += CHECKS[bits]
    return signs


def new_id(prefix, number):
    """The 18-character id of the n-th record of a key prefix."""
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = DIGITS[rest] + digits
    short = f"{prefix}{INSTANCE}{digits:0>9}"
    return short + checksum(short)


def long_id(text):
    """The 18-character form of an id of either length, or None when it is none.

    An 18-character id with a wrong checksum is none; its case is not mended here.
    """
    if not isinstance(text, str) or not ID.fullmatch(text):
        return None
    short = text[:15]
    whole = short + checksum(short)
    return whole if len(text) == 15 or text == whole else None
