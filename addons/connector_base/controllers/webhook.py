import datetime
import logging

import psycopg2

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..engine.answers import expected
from ..engine.errors import AuthenticationError, ConnectorError
from ..engine.log_filter import HidePathSecret
from ..engine.rate_limit import RateLimit, caller
from ..engine.records import WebhookRequest
from ..engine.throttle import Throttle
from ..models.connector_concurrency import is_concurrency_error
from ..models.connector_credential import UNREADABLE
from ..service_user import service_env

_logger = logging.getLogger(__name__)

PATH = "/connector/webhook/"
# The access log is read by more people than may know the address.
logging.getLogger("werkzeug").addFilter(HidePathSecret(PATH))

#: Bytes of a delivery, unless the parameter says otherwise.
MAX_BYTES = 1024 * 1024
MAX_BYTES_PARAMETER = "connector_base.webhook_max_bytes"
#: Tries in a row where another delivery of the same events is being stored.
TRIES = 5
#: What everybody hears who isn't let in, whatever is wrong: an address that is none of
#: ours, a connection that is archived, a signature. No vendor tells a 401 from a 404:
#: HubSpot repeats neither of them, the others repeat what isn't 2xx.
REFUSED = 401
#: What is heard from a server that can't read its secrets, and from a copy of the
#: database: vendors that repeat no 401 repeat this.
LATER = 503
#: Seconds until then. Zendesk waits for less than a minute only. [M “Webhook retries”]
SOON = "30"
#: Seconds after which it is worth trying again.
PAUSE = "60"
#: How often one caller is refused before it isn't even looked at what is wrong. Only
#: refusals count: a vendor's servers deliver for others, too.
refused_callers = RateLimit(rate=1, burst=60)
#: Deliveries of one connection that are taken; more than a process can answer in the
#: long run, so that nobody meets it but who floods us with a secret that leaked.
deliveries = RateLimit(rate=500, burst=5000)
#: One line a minute and connection: whoever guesses signatures fills no log.
refusals = Throttle(60)


def _max_bytes():
    parameters = request.env["ir.config_parameter"].sudo()
    return int(parameters.get_param(MAX_BYTES_PARAMETER, MAX_BYTES))


def _read_bytes(_controller):
    """Most that is read: of a body without a length what is beyond is cut off, and one
    byte too many tells that there was more."""
    return _max_bytes() + 1


class WebhookController(http.Controller):
    """What vendors call when something changed.

    Nothing of a delivery is believed before its signature is checked, nothing is
    stored of one that fails, and what is answered with 200 is committed: Odoo sends
    the answer after the commit.
    """

    # No user and no session: the cheapest that Odoo has. The limit of the body is
    # held by its Content-Length and, where it has none, while it is read.
    @http.route(
        f"{PATH}<string:token>",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        # Or Odoo would begin each delivery on a replica, and once more to store it.
        readonly=False,
        max_content_length=_read_bytes,
    )
    def receive(self, token, **_query):
        body = request.httprequest.get_data()
        # What is read at the most, see _read_bytes.
        if len(body) >= request.httprequest.max_content_length:
            return _answer(413)
        who = caller(request.httprequest.remote_addr)
        env = service_env(request.env)
        try:
            target = env["connector.connection"]._webhook_target(token)
        except UserError:
            # No secret can be read at all: see connector.credential._vault.
            return _later()
        unknown = target is None or target.connection_id is None
        if unknown and refused_callers.is_spent(who):
            return _too_many()
        if target is None:
            return _refuse(who)
        delivery = WebhookRequest(
            method=request.httprequest.method,
            url=_url(request.httprequest),
            headers=request.httprequest.headers,
            body=body,
            received_at=datetime.datetime.now(datetime.UTC),
        )
        connection = env["connector.connection"].browse(target.connection_id)
        provider = env[target.provider]
        if connection and not connection._takes_webhooks():
            return _later()
        try:
            provider._verify_webhook(connection, delivery)
        except (AuthenticationError, ValueError) as error:
            if connection:
                _log_refusal(connection.id, error)
            if getattr(error, "code", None) == UNREADABLE:
                return _later()
            return _refuse(who)
        if not connection:
            return _refuse(who)
        # Behind the signature: nobody else uses up what is the vendor's.
        if not deliveries.take(connection.id):
            return _too_many()
        try:
            with expected(provider._provider_label):
                events = provider._webhook_events(connection, delivery)
            _store(env, target, events)
        except (ConnectorError, RecursionError, ValueError):
            # Nothing that the vendor sends, or that the database can hold.
            return _answer(400)
        except UserError as error:
            # No key to encrypt it with: the vendor tries again, and it isn't lost.
            _log_refusal(connection.id, error)
            return _later()
        return _answer(200, *provider._webhook_answer(connection, delivery))


def _store(env, target, events):
    """Store the events; returns how many were new.

    Another delivery of the same events may be stored at this very moment: our
    snapshot doesn't see its rows, the next one does. Odoo would try again as well,
    after a pause in which the vendor waits.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return env["connector.event"]._receive(
                target.connection_id, target.company_id, events
            )
        except psycopg2.Error as error:
            if not is_concurrency_error(error) or attempt == TRIES:
                raise
            env.cr.rollback()


def _url(httprequest):
    """The address as it was called: werkzeug's own is decoded, a signature is not."""
    target = httprequest.environ.get("RAW_URI") or httprequest.full_path
    return f"{httprequest.scheme}://{httprequest.host}{target}"


def _refuse(who):
    return _answer(REFUSED) if refused_callers.take(who) else _too_many()


def _too_many():
    return _answer(429, headers=(("Retry-After", PAUSE),))


def _later():
    """Not here, or not now: what a vendor repeats, and ends no subscription for."""
    return _answer(LATER, headers=(("Retry-After", SOON),))


def _answer(status, body="", content_type="text/plain; charset=utf-8", headers=()):
    return request.make_response(
        body, headers=[("Content-Type", content_type), *headers], status=status
    )


def _log_refusal(connection_id, error):
    suppressed = refusals.admit(connection_id)
    if suppressed is not None:
        _logger.warning(
            "Webhook of connection %s refused: %s (%s more since the last line)",
            connection_id,
            error,
            suppressed,
        )
