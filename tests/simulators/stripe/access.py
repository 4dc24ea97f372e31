"""Whose request it is, what its key may do, and which version shapes the answer."""

import base64
import binascii

from ..routing import Refusal
from . import errors, facts


class Access:
    """Keys of one account. ``keys``: key to a set of permissions, or None for all.

    A permission is ``customer_read``; ``customer_write`` contains it. ``version`` is
    the account's own, which holds where a request names none.
    """

    def __init__(self, account, keys, version):
        self.account = account
        self.keys = keys
        self.revoked = set()
        self.version = version

    def authenticate(self, request):
        """401 unless the key, as bearer or as the user of basic, is known."""
        key = _key(request.headers.get("Authorization", ""))
        if not key:
            raise Refusal(errors.unauthenticated(request))
        if key in self.revoked:
            raise Refusal(errors.unauthenticated(request, key, "api_key_expired"))
        if key not in self.keys:
            raise Refusal(errors.unauthenticated(request, key))
        request.notes["key"] = key

    def require(self, request, resource):
        """403 unless the key may read, or write, a kind of resource."""
        key = request.notes["key"]
        granted = self.keys[key]
        if granted is None or resource is None:
            return
        verb = "read" if request.method == "GET" else "write"
        needed = f"{resource}_{verb}"
        if needed in granted or f"{resource}_write" in granted:
            return
        permission = f"rak_{needed}"
        raise Refusal(errors.forbidden(request, key, permission, self.account["id"]))

    def choose_version(self, request):
        """Note the version that shapes the answer; 400 for one that never was."""
        version = request.headers.get("Stripe-Version") or self.version
        if version not in facts.VERSIONS:
            text = f"Invalid Stripe API version: {version}"
            raise errors.invalid(request, text)
        request.notes["version"] = version
        request.notes["new"] = facts.is_new(version)


def _key(authorization):
    kind, _space, rest = authorization.partition(" ")
    rest = rest.strip()
    if kind.lower() == "bearer":
        return rest
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""
