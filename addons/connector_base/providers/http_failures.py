"""Requests that came to no answer, or to one that is none of the vendor's."""

import re

import requests
import urllib3

from ..engine import errors
from .http_stream import TooLong

#: What requests and urllib3 say of an address that can't be one.
WRONG_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    urllib3.exceptions.LocationValueError,
)

#: What makes a path another one than it seems: steps upwards, also encoded, an id that
#: is empty, and what other programs take for a slash or cut off.
_ODD_PATH = re.compile(r"(?i)(?:^|/)(?:\.|%2e){0,2}(?:[/?#]|$)|[\\#\x00-\x1f\x7f]")


def leaves_its_place(path):
    """Whether a path leads to another one than it seems: an id of the vendor's that is
    more than a name, or a link."""
    path = path.partition("?")[0]
    return bool(path and _ODD_PATH.search(path))


def unsendable(vendor, host, asked):
    return errors.AuthenticationError(
        f"{vendor}: the credential holds characters that none can have.",
        code="wrong_token",
        params={"vendor": vendor, "host": host},
        request=asked,
    )


def wrong_address(vendor, host, asked):
    return errors.RemoteNotFound(
        f"{vendor}: {host!r} is not a web address.",
        code="wrong_host",
        params={"vendor": vendor, "host": host},
        request=asked,
    )


def wrong_path(vendor, host, asked):
    return errors.InvalidRecord(
        f"{vendor}: an id holds characters that none can have; nothing was asked for.",
        code="wrong_path",
        params={"vendor": vendor, "host": host},
        request=asked,
    )


def refused_address(vendor, host, asked):
    return errors.AuthenticationError(
        f"{vendor}: {host} is in a network that no request may go to.",
        code=errors.REFUSED_ADDRESS,
        params={"vendor": vendor, "host": host},
        request=asked,
    )


def network_error(vendor, host, error, asked):
    """The error of a request that failed below HTTP.

    :param error: exception of requests, or ``http_stream.TooLong``
    :param asked: what was asked, masked
    """
    text = str(error)
    options = {"params": {"vendor": vendor, "host": host}, "request": asked}
    if isinstance(error, TooLong):
        return errors.TransientError(
            f"{vendor} sent an answer that is longer than any can be.",
            code="too_long",
            **options,
        )
    if isinstance(error, requests.exceptions.SSLError):
        return errors.RemoteDown(
            f"{vendor}: no secure connection to {host}.", code="tls", **options
        )
    # An answer that stops half way is a ConnectionError to requests.
    if isinstance(error, requests.Timeout) or "Read timed out" in text:
        return errors.RemoteTimeout(
            f"{vendor} did not answer in time.", code="timeout", **options
        )
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return errors.TransientError(
            f"{vendor} sent an answer that can't be unpacked.",
            code="malformed",
            **options,
        )
    if isinstance(error, requests.exceptions.ChunkedEncodingError) or "aborted" in text:
        options["params"]["blip"] = True
        return errors.TransientError(
            f"{vendor} broke off its answer.", code="cut_off", **options
        )
    unknown = "NameResolutionError" in text or "getaddrinfo" in text
    return errors.RemoteDown(
        f"{vendor} can't be reached at {host}.",
        code="unknown_host" if unknown else "unreachable",
        **options,
    )


def is_page(response):
    """Whether it calls itself a web page."""
    return "html" in response.headers.get("Content-Type", "").lower()


def unusable(vendor, response, text):
    """A 2xx without JSON or a redirect: a wrong address, a proxy, a cut answer."""
    begins = text[:200].lstrip().lower()
    html = is_page(response) or begins.startswith(("<!doctype html", "<html"))
    if response.is_redirect or html:
        return errors.TransientError(
            f"{vendor} answered with a web page instead of data.", code="web_page"
        )
    return errors.TransientError(
        f"{vendor} sent an answer that is not readable as JSON.", code="malformed"
    )
