"""Keep secrets and personal data out of logs, exceptions and pages."""

import json
import re
import urllib.parse

from .normalize import storable
from .paths import parse_path

MASK = "•••"
#: Characters of a secret from which on it is looked for in what comes back.
SHORTEST_SECRET = 6

_SECRET_NAMES = (
    r"pass(?:word|wd|phrase)|secret|token|authorization|(?:api|access|private)[-_]?key"
    r"|assertion|signature|cookie|credential|session[-_]?id"
)
_SECRET_KEY = re.compile(rf"(?i)(?<![a-z])pass(?![a-z])|{_SECRET_NAMES}")
#: Secrets that show what they are: authorizations, keys of Stripe, HubSpot and
#: Chargebee, JSON web tokens, sessions of Salesforce.
_SECRET_VALUE = re.compile(
    r"(?i)\bbearer\s+[^\s\"'<>]{8,}"
    r"|\bbasic\s+[A-Za-z0-9._~+/=-]{8,}"
    r"|\b(?:sk|rk|whsec|pat)[_-][A-Za-z0-9_-]{8,}"
    r"|\b(?:live|test)_[A-Za-z0-9]{24,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"
    r"|\b00D\w{9,15}![\w.]{8,}"
)
#: ``"client_secret": "…"``, ``access_token=…``, ``X-Api-Key: …``, also where the end is
#: cut off. Only beginnings of words are tried, so that long texts are read once.
_KEYED_SECRET = re.compile(
    rf"(?i)((?<![\w-])[\w-]{{0,40}}?(?:{_SECRET_NAMES})[\w-]{{0,40}}"
    r"(?:\\?[\"'])?\s*[:=]\s*(\\?[\"'])?)"
    r"(?(2)(?:(?!\2)(?:\\.|[^\\]))+"
    r"|(?:(?:bearer|basic|token)\s+)?[^\s\"'&#,;<>{}\[\]]+)"
)
_QUERY_SECRET = re.compile(r"(?i)([?&][\w.\[\]-]{0,40}?key[\w.\[\]-]{0,40}=)[^&#\s]+")
_USERINFO = re.compile(r"(?i)(https?://)[^/?#\s]+@")
_LOCAL_PART = r"\w.+%'!#$*^`{|}~-"
_EMAIL = re.compile(
    rf"(?i)(?<![{_LOCAL_PART}])([{_LOCAL_PART}])[{_LOCAL_PART}]*"
    r"(@|%40)([\w-]+(?:\.[\w-]+)+)"
)
_ONE_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
#: How much more than its limit is looked at of a long text: masking shortens it.
_MARGIN = 2000


def is_secret_name(name):
    """Whether a header or key of that name holds a secret."""
    return bool(_SECRET_KEY.search(name))


def _mask_secrets(text):
    text = _SECRET_VALUE.sub(MASK, text)
    text = _USERINFO.sub(rf"\1{MASK}@", text)
    text = _KEYED_SECRET.sub(rf"\1{MASK}", text)
    return _QUERY_SECRET.sub(rf"\1{MASK}", text)


def mask_text(text, limit=2000):
    """Text without bearer tokens, keys and e-mail addresses, cut to ``limit``.

    PostgreSQL can store it, whatever characters came in.
    """
    long = len(text) > limit + _MARGIN
    text = _mask_secrets(storable(text[: limit + _MARGIN]))
    text = _EMAIL.sub(rf"\1{MASK}\2\3", text)
    return text[:limit] + "…" if long or len(text) > limit else text


def mask_url(url):
    """An address without user name, password, keys and e-mail addresses."""
    return mask_text(url, limit=500)


def without(text, secrets):
    """Text in which these secrets don't occur, however they are spelled: plain, in
    JSON, or as a part of an address.

    :param secrets: texts; what is shorter than ``SHORTEST_SECRET`` is left: replacing
        it would tell more than it hides
    """
    # A secret that holds another one goes first, and so whole.
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) < SHORTEST_SECRET or secret == MASK:
            continue
        quoted = json.dumps(secret)[1:-1]
        spellings = (
            *(secret, quoted, quoted.replace("/", "\\/")),
            *(urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret)),
        )
        for spelling in dict.fromkeys(spellings):
            text = text.replace(spelling, MASK)
    return text


def mask_headers(headers):
    """Headers with the values of those that carry secrets replaced."""
    return {
        key: MASK if is_secret_name(key) else mask_text(str(value), 200)
        for key, value in headers.items()
    }


def mask_payload(value):
    """A JSON-like value in which whatever looks like a secret is replaced.

    PostgreSQL can store it as JSON, whatever characters came in.
    """
    if isinstance(value, dict):
        return {
            storable(key): MASK if is_secret_name(key) else mask_payload(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [mask_payload(item) for item in value]
    if isinstance(value, str):
        return _mask_secrets(storable(value))
    return value


def mask_personal(value):
    """A short hint of a personal value: enough to recognise, too little to use."""
    if value is None or value is False or value == "":
        return value
    text = storable(str(value))
    if _ONE_EMAIL.fullmatch(text):
        name, _, domain = text.partition("@")
        return f"{name[:1]}{MASK}@{domain}"
    if sum(map(str.isdigit, text)) >= 5:
        return MASK + text[-2:]
    return text[:1] + MASK


def mask_paths(value, paths):
    """A payload in which what stands at some paths is a hint, and each address, too.

    Of a list the same is masked of each element, whichever the path picks.

    :param paths: texts as ``engine.paths`` reads them
    """
    for path in paths:
        value = _mask_at(value, parse_path(path))
    return _mask_addresses(value)


def mask_keys(value, paths):
    """The same of an event, which has its own shape: wherever such keys stand in it.

    :param paths: texts as ``engine.paths`` reads them; their last key counts
    """
    names = {
        [step for step in parse_path(path) if isinstance(step, str)][-1]
        for path in paths
    }
    return _mask_addresses(_mask_named(value, names))


def _mask_named(value, names):
    if isinstance(value, dict):
        return {
            key: _mask_whole(item) if key in names else _mask_named(item, names)
            for key, item in value.items()
        }
    return [_mask_named(i, names) for i in value] if isinstance(value, list) else value


def _mask_at(value, steps):
    if isinstance(value, list):
        rest = steps if not steps or isinstance(steps[0], str) else steps[1:]
        return [_mask_at(item, rest) for item in value]
    if not steps:
        return _mask_whole(value)
    if isinstance(value, dict):
        return {
            key: _mask_at(item, steps[1:]) if key == steps[0] else item
            for key, item in value.items()
        }
    return value


def _mask_whole(value):
    if isinstance(value, dict):
        return {key: _mask_whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_mask_whole(item) for item in value]
    return value if isinstance(value, bool) else mask_personal(value)


def _mask_addresses(value):
    if isinstance(value, dict):
        return {key: _mask_addresses(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_mask_addresses(item) for item in value]
    return _EMAIL.sub(rf"\1{MASK}\2\3", value) if isinstance(value, str) else value
