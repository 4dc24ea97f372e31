"""Error bodies in HubSpot's shapes. [S error-handling: "all should be treated as
optional"; OpenAPI Error, ErrorDetail, StandardError]"""

from ..routing import Refusal, Reply
from . import facts


class Errors:
    """Builds error replies; ``sparse`` leaves out every field but `message`."""

    def __init__(self, sparse=False):
        self.sparse = sparse

    def reply(self, request, status, message, category=None, **more):
        """An error :class:`Reply`. ``more``: errors, context, links, subCategory,
        and what a 429 has instead (errorType, policyName, requestId)."""
        body = {"status": "error", "message": message}
        if request is not None:
            body["correlationId"] = request.correlation_id
        body.update({name: value for name, value in more.items() if value})
        if category:
            body["category"] = category
        if self.sparse:
            body = {"message": message}
        return Reply(status, body)

    def refuse(self, request, status, message, category=None, **more):
        """The same as an exception to raise."""
        return Refusal(self.reply(request, status, message, category, **more))

    def invalid(self, request, message, errors=(), status=400, **more):
        """400 VALIDATION_ERROR."""
        return self.refuse(
            request,
            status,
            message,
            facts.VALIDATION_ERROR,
            errors=list(errors),
            **more,
        )

    def not_found(self, request, message="resource not found"):
        """404 of a record."""
        return self.refuse(request, 404, message, facts.OBJECT_NOT_FOUND)

    def unauthenticated(self, request):
        """401."""
        return self.reply(request, 401, facts.TEXT_401, facts.INVALID_AUTHENTICATION)

    def expired(self, request, seconds):
        """401 of a token of OAuth that has ended."""
        text = facts.TEXT_401_EXPIRED.format(seconds=seconds)
        return self.reply(request, 401, text, facts.EXPIRED_AUTHENTICATION)

    def missing_scope(self, request, scopes):
        """403 that names the scopes of which any one would do."""
        detail = {
            "message": facts.TEXT_403_DETAIL,
            "context": {"requiredGranularScopes": list(scopes)},
        }
        return self.reply(
            request,
            403,
            facts.TEXT_403,
            facts.MISSING_SCOPES,
            errors=[detail],
            links={"scopes": "https://developers.hubspot.com/scopes"},
        )

    def rate_limited(self, request, policy, retry_after=None):
        """429. No category, as the vendor shows it, and no Retry-After by itself: that
        is documented for workflows only. [S usage-guidelines, error-handling]"""
        reply = self.reply(
            request,
            429,
            facts.TEXT_RATE.get(policy, f"You have reached your {policy} limit."),
            errorType="RATE_LIMIT",
            policyName=policy,
            requestId=request.correlation_id if request else None,
        )
        if retry_after is not None:
            reply.headers["Retry-After"] = str(retry_after)
        return reply


def item(message, category, context=None, sub_category=None, trace=None):
    """One entry of the `errors` of a 207."""
    entry = {
        "status": "error",
        "category": category,
        "message": message,
        "context": dict(context or {}),
    }
    if sub_category:
        entry["subCategory"] = sub_category
    if trace:
        entry["context"]["objectWriteTraceId"] = [trace]
    return entry
