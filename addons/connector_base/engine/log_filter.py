"""What access logs must not tell: the secret part of an address."""

import logging
import re

from .masking import MASK


class HidePathSecret(logging.Filter):
    """Masks what follows a path in all that a logger says.

    :param path: as ``/connector/webhook/``; the part behind it is the secret
    """

    def __init__(self, path):
        super().__init__()
        self._path = path
        self._secret = re.compile(rf"({re.escape(path)})[^\s/?#\"']+")

    def filter(self, record):
        return _rewrite(record, self._hide)

    def _hide(self, value):
        if not isinstance(value, str) or self._path not in value:
            return value
        return self._secret.sub(rf"\1{MASK}", value)


class HideQuery(logging.Filter):
    """Masks all parameters of a path in all that a logger says.

    :param path: as ``/connector/oauth/callback``
    """

    def __init__(self, path):
        super().__init__()
        self._path = path
        self._secret = re.compile(rf"({re.escape(path)}/?)\?[^\s\"']*")

    def filter(self, record):
        return _rewrite(record, self._hide)

    def _hide(self, value):
        if not isinstance(value, str) or self._path not in value:
            return value
        return self._secret.sub(rf"\1?{MASK}", value)


def _rewrite(record, hide):
    if isinstance(record.msg, str):
        record.msg = hide(record.msg)
    if isinstance(record.args, tuple):
        record.args = tuple(map(hide, record.args))
    return True
