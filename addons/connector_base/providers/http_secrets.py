"""What of a request nobody else may hear of, wherever the vendor repeats it."""

import base64
import contextlib

from ..engine.masking import is_secret_name


def secrets_of(headers, *parts):
    """The texts that sign a request, and what its form or JSON calls a secret.

    :param headers: all that are sent
    :param parts: query, JSON and form; whatever is no dict is left
    :return: list of texts
    """
    found = []
    for name, value in headers.items():
        if is_secret_name(name):
            kind, _space, given = str(value).rpartition(" ")
            found.append(given)
            if kind.strip().lower() == "basic":
                found += _user_and_password(given)
    for part in parts:
        if isinstance(part, dict):
            found += [str(part[name]) for name in part if is_secret_name(name)]
    return found


def _user_and_password(given):
    """What a Basic authorization says, and both of its halves."""
    with contextlib.suppress(ValueError):
        pair = base64.b64decode(given).decode()
        user, _colon, password = pair.partition(":")
        return pair, user, password
    return ()
