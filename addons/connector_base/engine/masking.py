"""Keep secrets and personal data out of logs, exceptions and pages."""

import re

MASK = "•••"

_SECRET_KEY = re.compile(
    r"pass(word|phrase)?|secret|token|authorization|api[-_]?key|assertion|signature"
    r"|cookie|credential|private[-_]?key",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"
    r"|\b(?:sk|rk|whsec|pat)[_-][A-Za-z0-9_-]{8,}"
)
_QUERY_SECRET = re.compile(
    r"(?i)([?&](?:[^=&#]*(?:token|key|secret|password|signature|hapikey)[^=&#]*)=)[^&#]*"
)
_USERINFO = re.compile(r"(?i)(https?://)[^/@\s]+@")
_EMAIL = re.compile(r"([\w.+-])[\w.+-]*@([\w-]+(?:\.[\w-]+)+)")


def mask_text(text, limit=2000):
    """Text without bearer tokens, keys and e-mail addresses, cut to ``limit``."""
    text = _SECRET_VALUE.sub(MASK, text)
    text = _USERINFO.sub(rf"\1{MASK}@", text)
    text = _QUERY_SECRET.sub(rf"\1{MASK}", text)
    text = _EMAIL.sub(rf"\1{MASK}@\2", text)
    return text if len(text) <= limit else text[:limit] + "…"


def mask_url(url):
    """An address without user name, password, keys and e-mail addresses."""
    return mask_text(url, limit=500)


def mask_headers(headers):
    """Headers with the values of those that carry secrets replaced."""
    return {
        key: MASK if _SECRET_KEY.search(key) else mask_text(str(value), 200)
        for key, value in headers.items()
    }


def mask_payload(value):
    """A JSON-like value in which whatever looks like a secret is replaced."""
    if isinstance(value, dict):
        return {
            key: MASK
            if isinstance(key, str) and _SECRET_KEY.search(key)
            else mask_payload(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [mask_payload(item) for item in value]
    if isinstance(value, str):
        return _SECRET_VALUE.sub(MASK, value)
    return value


def mask_personal(value):
    """A short hint of a personal value: enough to recognise, too little to use."""
    if value is None or value is False or value == "":
        return value
    text = str(value)
    if "@" in text:
        name, _, domain = text.partition("@")
        return f"{name[:1]}{MASK}@{domain}"
    if sum(char.isdigit() for char in text) >= 5:
        return MASK + text[-2:]
    return text[:1] + MASK
