"""The HTTP client of all providers, on requests: one session, stated errors.

Plain Python: reads no database, so that no transaction is open while it waits.
"""

import contextlib
import dataclasses
import datetime
import logging
import threading
import time

import requests

from ..engine import dry_run, errors, json_text
from ..engine.masking import mask_text, mask_url, without
from .http_answers import (
    LONGEST_WAIT,
    Reply,
    StreamedReply,
    classified,
    default_classify,
    retry_after,
)
from .http_failures import (
    WRONG_ADDRESS,
    is_page,
    leaves_its_place,
    network_error,
    refused_address,
    unsendable,
    unusable,
    wrong_address,
    wrong_path,
)
from .http_guard import RefusedAddress
from .http_secrets import secrets_of
from .http_session import new_session
from .http_stream import TooLong, text_lines, whole_text

#: Providers find here what they need for their tables of answers.
__all__ = ["LONGEST_WAIT", "HttpClient", "Reply", "default_classify", "retry_after"]

_logger = logging.getLogger(__name__)

#: Longest pause within a worker; longer waits go through the queue.
LONGEST_PAUSE = 1.0
#: Seconds to wait for the next bytes of an answer.
DEFAULT_TIMEOUT = 60
#: Tries of one request within a job, for blips that are over in a moment.
QUICK_TRIES = 3
QUICK_STATUS = frozenset({502, 503, 504})


@dataclasses.dataclass(frozen=True, slots=True)
class _Question:
    """One request, as it is sent again where it may be.

    :param reads: asks for something, so that an answer has it
    :param repeatable: sent twice, it does no more than sent once
    """

    method: str
    path: str
    params: dict | None = None
    json: object = None
    data: object = None
    headers: dict | None = None
    reads: bool = False
    repeatable: bool = False
    stream: bool = False


class HttpClient:
    """Speaks to one account of one vendor.

    :param base_url: address that all paths are relative to
    :param headers: sent with every request, as the authorization
    :param vendor: name for messages
    :param classify: ``(status, body, headers) -> ConnectorError``; the vendor's table
        of errors. ``body`` is parsed JSON, or text where it is none.
    :param not_before: ``(headers, now) -> aware UTC or None``: what its headers
        say of its limits; the next request is not sent before that time
    :param budgets: ``engine.budget.Budgets`` that each request is asked for first
    :param quotas: ``(headers, now) -> list of engine.budget.Quota``: what its headers
        say of its own count, for people to see
    :param api_version: version that the provider's paths are built for
    :param parse_float: makes a value of the text of a number with decimals; a float
        unless given
    :param tokens: ``engine.tokens.Tokens`` that sign each request as bearer, in place
        of an authorization among ``headers``; where the vendor refuses one, it is
        renewed and the request is sent again, once
    :param request_id_header: header with the vendor's id of the exchange
    :param trail: ``(header, value)`` by which the vendor can tell which requests
        belong together; only for vendors that allow it, see
        ``connector.provider._trail_header``
    :param timeout: seconds to wait for the next bytes of an answer
    :param session: a ``requests.Session``; tests and benchmarks may pass their own
    :param clock: gives the time as aware UTC
    :param sleep: waits a number of seconds, never more than ``LONGEST_PAUSE``
    """

    def __init__(
        self,
        base_url,
        *,
        headers=None,
        vendor="",
        classify=None,
        not_before=None,
        budgets=None,
        quotas=None,
        tokens=None,
        parse_float=None,
        request_id_header=None,
        api_version=None,
        trail=None,
        timeout=DEFAULT_TIMEOUT,
        session=None,
        clock=lambda: datetime.datetime.now(datetime.UTC),
        sleep=time.sleep,
    ):
        self.base_url = base_url.rstrip("/")
        self.vendor = vendor
        self.timeout = timeout
        self.api_version = api_version
        self.clock = clock
        self.request_count = 0
        #: Set to 1 by who looks whether the vendor is up: that is one request.
        self.quick_tries = QUICK_TRIES
        self._would_send = dry_run.would_send()
        self._classify = classify or default_classify
        self._read_limits = not_before
        self._not_before = None
        self._budgets = budgets
        self._read_quotas = quotas
        self._tokens = tokens
        self._parse_float = parse_float
        self._request_id_header = request_id_header
        self._sleep = sleep
        self._session = session or new_session()
        # A page may be read ahead while parents are fetched: one request at a time.
        self._lock = threading.Lock()
        self._session.headers.update({"Accept": "application/json", **(headers or {})})
        if trail:
            self._session.headers[trail[0]] = trail[1]

    def wait_until(self, moment):
        """Send nothing before ``moment`` (aware UTC); ``None`` changes nothing."""
        if moment and (self._not_before is None or moment > self._not_before):
            self._not_before = moment

    def get(self, path, params=None):
        return self.request("GET", path, params=params)

    def post(self, path, json, safe=False, reads=False):
        return self.request("POST", path, json=json, safe=safe, reads=reads)

    def request(
        self,
        method,
        path,
        *,
        params=None,
        json=None,
        data=None,
        headers=None,
        safe=False,
        reads=False,
    ):
        """Send one request and return its parsed answer.

        :param data: body in place of JSON: bytes, or the fields of a form as a dict
        :param headers: sent with this request only
        :param safe: may be sent again although it is no GET, as an upsert
        :param reads: changes nothing although it is no GET, as a search
        :return: :class:`Reply` of a 2xx answer
        :raises errors.NotSent: in a dry run, where it would change something
        :raises errors.ConnectorError: of the class that fits what went wrong
        """
        reads = reads or method == "GET"
        if self._would_send is not None and not reads:
            raise self._not_sent(method, path, json)
        return self._ask(
            _Question(method, path, params, json, data, headers, reads, safe or reads)
        )

    @contextlib.contextmanager
    def stream(self, path, params=None, headers=None):
        """Get an answer that is read line by line, and never whole in memory.

        :return: context manager of a :class:`StreamedReply`
        :raises errors.ConnectorError: of the class that fits what went wrong
        """
        question = _Question(
            *("GET", path, params),
            headers=headers,
            reads=True,
            repeatable=True,
            stream=True,
        )
        reply, response = self._ask(question)
        with contextlib.closing(response):
            yield reply

    def _ask(self, question):
        """Send a question, a second time with another token where its was refused."""
        token = self._tokens.current() if self._tokens else None
        try:
            return self._try(question, token)
        except errors.PermissionDenied:
            raise
        except errors.AuthenticationError as error:
            if token is None or error.code == errors.REFUSED_ADDRESS:
                raise
            token = self._tokens.renew(token)
        return self._try(question, token)

    def _try(self, question, token):
        """Send a question, a few times where it fails of a blip."""
        for attempt in range(1, self.quick_tries + 1):
            try:
                return self._send(question, token)
            except errors.RateLimited:
                raise
            except errors.TransientError as error:
                again = (
                    question.repeatable
                    and attempt < self.quick_tries
                    and error.params.get("blip")
                )
                if not again:
                    raise
                self._sleep(min(LONGEST_PAUSE, 0.2 * attempt))
        raise AssertionError("unreachable")

    def _not_sent(self, method, path, json):
        self._would_send.append(
            {"method": method, "path": path, "records": dry_run.count_records(json)}
        )
        return errors.NotSent(
            f"{self.vendor} was not asked: this is a dry run.", code="not_sent"
        )

    def _keep_limits(self, method, path):
        """Wait a moment for the limits, or hand a longer wait to the queue.

        All pauses before one request are ``LONGEST_PAUSE`` together at most.
        """
        waited = 0.0
        now = self.clock()
        if self._not_before is not None and self._not_before > now:
            waited = (self._not_before - now).total_seconds()
            if waited > LONGEST_PAUSE:
                raise errors.RateLimited(
                    f"{self.vendor} lets us go on later.",
                    code="rate_limited",
                    params={"vendor": self.vendor},
                    retry_at=self._not_before,
                )
            self._sleep(min(LONGEST_PAUSE, waited))
        while seconds := self._budgets.take(method, path) if self._budgets else 0.0:
            waited += seconds
            if waited > LONGEST_PAUSE:
                raise errors.RateLimited(
                    f"The budget of requests to {self.vendor} is used up.",
                    code=errors.BUDGET_SPENT,
                    params={"vendor": self.vendor},
                    retry_at=self.clock() + datetime.timedelta(seconds=seconds),
                )
            self._sleep(min(LONGEST_PAUSE, seconds))

    def _send(self, question, token):
        method, path = question.method, question.path
        self._keep_limits(method, path)
        path = path.lstrip("/")
        # Whatever the path is, also a link that the vendor gave: the host stays ours.
        url = f"{self.base_url}/{path}"
        asked = {"method": method, "url": mask_url(f"{self._address()}/{path}")}
        if leaves_its_place(path):
            raise wrong_path(self.vendor, self._host(), asked)
        headers = dict(question.headers or {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self.request_count += 1
        started = time.monotonic()
        try:
            with self._lock:
                response = self._session.request(
                    method,
                    url,
                    params=question.params,
                    json=question.json,
                    data=question.data,
                    headers=headers or None,
                    timeout=self.timeout,
                    # What comes is counted while it does.
                    stream=True,
                    # A redirect of an API is a wrong address; following it could carry
                    # the token to another host.
                    allow_redirects=False,
                )
                good = 200 <= response.status_code < 300
                flows = question.stream and good and not is_page(response)
                text = None if flows else whole_text(response)
        except requests.exceptions.InvalidJSONError:
            raise  # what we wanted to send is no JSON: our bug
        except (requests.exceptions.InvalidHeader, UnicodeEncodeError):
            # The texts of these repeat the header, and with it the secret.
            raise unsendable(self.vendor, self._host(), asked) from None
        except RefusedAddress:
            raise refused_address(self.vendor, self._host(), asked) from None
        except WRONG_ADDRESS:
            raise wrong_address(
                self.vendor, self._host() or self._address(), asked
            ) from None
        except (requests.RequestException, TooLong) as error:
            raise self._broken(error, asked) from error
        _logger.debug(
            "%s %s -> %s in %.3f s",
            method,
            asked["url"],
            response.status_code,
            time.monotonic() - started,
        )
        return self._read(response, text, asked, question, headers)

    def _address(self):
        """The base address without user name and password."""
        scheme, separator, rest = self.base_url.rpartition("://")
        return f"{scheme}{separator}{rest.rpartition('@')[2]}"

    def _host(self):
        _scheme, separator, rest = self._address().partition("://")
        return rest.split("/")[0] if separator else ""

    def _broken(self, error, asked):
        return network_error(self.vendor, self._host(), error, asked)

    def _read(self, response, text, asked, question, sent):
        """:param text: the body, ``None`` where it is still coming
        :param sent: headers of this request alone
        """
        if self._read_limits:
            self.wait_until(self._read_limits(response.headers, self.clock()))
        if self._budgets and self._read_quotas:
            self._budgets.learn(self._read_quotas(response.headers, self.clock()))
        status = response.status_code
        request_id = response.headers.get(self._request_id_header or "")
        if request_id:
            request_id = without(request_id, self._secrets(question, sent))
        if text is None:
            lines = text_lines(response, lambda e: self._broken(e, asked))
            return StreamedReply(status, lines, response.headers, request_id), response
        if 200 <= status < 300 and (text or not question.reads or status == 204):
            with contextlib.suppress(ValueError):
                # An answer that must not have a body (204) has none.
                data = json_text.loads(text, self._parse_float) if text else None
                return Reply(status, data, response.headers, request_id)
        raise self._refusal(response, text, asked, request_id, question, sent)

    def _refusal(self, response, text, asked, request_id, question, sent):
        """The error of an answer that is none of the good ones."""
        secrets = self._secrets(question, sent)
        status, text = response.status_code, without(text, secrets)
        if status < 400:
            error = unusable(self.vendor, response, text)
        else:
            try:
                body = json_text.loads(text)
            except ValueError:
                body = text
            error = classified(self._classify, status, body, response.headers)
        error.request = asked
        error.response = {"status": status, "body": mask_text(text, 1000)}
        error.request_id = request_id or (
            error.request_id and without(str(error.request_id), secrets)
        )
        error.params.setdefault("vendor", self.vendor)
        error.params.setdefault("host", self._address())
        if status in QUICK_STATUS and error.retry_at is None:
            error.params.setdefault("blip", True)
        return error

    def _secrets(self, question, sent):
        signed = {**self._session.headers, **sent}
        return secrets_of(signed, question.params, question.json, question.data)
