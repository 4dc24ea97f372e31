import json
import logging

from odoo import http
from odoo.http import request

from odoo.addons.connector_base.engine.throttle import Throttle
from odoo.addons.connector_base.service_user import service_env

from ..engine import context_api
from ..models.connector_context_token import ContextTarget
from . import context_log  # noqa: F401

_logger = logging.getLogger(__name__)

#: Unknown tokens that one address may try in a minute, in each process of the server.
#: Nothing is stored of them: who knocks at random fills no table.
guesses = context_api.Allowance(most=30, seconds=60)
#: One line a minute and token: whoever asks all day fills no log.
refusals = Throttle(60)
#: What an unknown token asks for, so that it takes as long as a known one.
DECOY = ContextTarget(0, 0, None, "", None, 1, frozenset())


class ContextController(http.Controller):
    """What the sidebar app of a desk asks about a customer.

    A question costs one query and adds one line to what was read. The lines of the last
    minute are what limits a token, over all processes of the server.
    """

    # Not readonly: the line of a read is committed before its answer leaves.
    @http.route(
        "/connector/context/<string:token>",
        type="http",
        auth="none",
        methods=["GET"],
        csrf=False,
        save_session=False,
    )
    def context(self, token, **_query):
        httprequest = request.httprequest
        try:
            question = context_api.read_question(httprequest.args.to_dict(flat=False))
        except ValueError as error:
            return _answer(400, context_api.malformed(error))
        env = service_env(request.env)
        target = env["connector.context.token"]._target(token)
        if target is None and not guesses.take(httprequest.remote_addr):
            return _too_many()
        used, figures = env["connector.context"]._find(target or DECOY, question)
        if target is None:
            return _answer(404, context_api.NOT_FOUND)
        if used >= target.reads_per_minute:
            _log_refusal(target.token_id)
            return _too_many()
        partner_id = figures and figures["partner_id"]
        env["connector.context.read"]._append(
            target, question, partner_id, httprequest.remote_addr
        )
        if figures is None:
            return _answer(404, context_api.NOT_FOUND)
        body = context_api.answer(figures, target.released, figures["digits"])
        return _answer(200, body)


def _answer(status, body, **headers):
    return request.make_response(
        json.dumps(body),
        headers=[
            ("Content-Type", "application/json; charset=utf-8"),
            ("Cache-Control", "no-store"),
            *headers.items(),
        ],
        status=status,
    )


def _too_many():
    return _answer(429, context_api.TOO_MANY, **{"Retry-After": "60"})


def _log_refusal(token_id):
    suppressed = refusals.admit(token_id)
    if suppressed is not None:
        _logger.warning(
            "Token %s of the context API is used too often (%s more since the last"
            " line)",
            token_id,
            suppressed,
        )
