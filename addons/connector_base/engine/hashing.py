"""Content hashes and fingerprints: is this what we saw last time?"""

import datetime
import decimal
import hashlib
import json

from .paths import MISSING


def _encode(value):
    if value is MISSING:
        # A key that is gone is a change against a key that is null.
        return {"\0": "missing"}
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


_encoder = json.JSONEncoder(
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    default=_encode,
    check_circular=False,
)


def content_hash(value, salt=""):
    """Hash of a JSON-like value, the same whatever the order of its keys.

    :param salt: what else must make the hash differ, as the version of a field map
    :return: 32 hexadecimal characters (BLAKE2b, 128 bit)
    """
    text = salt + _encoder.encode(value)
    return hashlib.blake2b(
        text.encode("utf-8", "surrogatepass"), digest_size=16
    ).hexdigest()


def fingerprint(*parts):
    """Short stable name of a cause, made of the parts that all its cases share."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.blake2b(
        text.encode("utf-8", "surrogatepass"), digest_size=8
    ).hexdigest()
