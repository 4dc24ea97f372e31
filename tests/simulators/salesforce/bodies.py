"""The JSON in the body of a request."""

from .errors import SalesforceError


def body_of(request):
    """The JSON object of a body: 415 for another media type, 400 for no JSON."""
    if request.media_type() != "application/json":
        raise SalesforceError(
            "UNSUPPORTED_MEDIA_TYPE",
            f"Content-Type header specified in HTTP request is not supported: "
            f"{request.media_type()}",
            status=415,
        )
    try:
        body = request.json()
    except ValueError as error:
        raise SalesforceError("JSON_PARSER_ERROR", str(error)) from None
    if not isinstance(body, dict):
        raise SalesforceError("JSON_PARSER_ERROR", "an object is needed")
    return body
