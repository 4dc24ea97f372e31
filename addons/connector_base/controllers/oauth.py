import contextlib
import logging
import re

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..engine.log_filter import HideQuery
from ..models.connector_connection_oauth import CALLBACK

# What a vendor sends a browser back with lets in who is quicker.
logging.getLogger("werkzeug").addFilter(HideQuery(CALLBACK))

ADMINISTRATORS = "connector_base.group_administrator"
#: Of all answers: nobody keeps the address, and no other site is told it.
HEADERS = (("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"))
#: And of those that are a page of ours: it loads nothing and is nobody's frame.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
#: Errors that a vendor may name in the address. RFC 6749, 4.1.2.1
ERROR_NAME = re.compile(r"[A-Za-z][\w.-]{0,59}")
DENIED = "access_denied"


class OAuthController(http.Controller):
    """Where vendors send a person's browser back to after they have signed in.

    Nothing of the address is believed but a state that we gave, to this person, in
    this browser, and that nobody has come back with yet. Where the browser goes from
    here is never taken from the address.
    """

    # Public, although it is for administrators: or Odoo would carry the code through
    # the address of its login page, and its log.
    @http.route(CALLBACK, type="http", auth="public", methods=["GET"], readonly=False)
    def callback(self, state="", code="", error="", **_more):
        if request.env.user._is_public():
            return _page(
                request.env._(
                    "You are not signed in to Odoo in this browser. Sign in here, open"
                    " the connection, and sign in at the vendor again."
                ),
                status=403,
            )
        back = None
        try:
            asked = request.env["connector.oauth.request"]._take(state)
            if not asked:
                raise UserError(
                    request.env._(
                        "This sign-in was finished already, or it is none of yours."
                        " Nothing was stored: open the connection and sign in again."
                    )
                )
            connection = _connection(asked)
            back = _place(asked)
            request.env["connector.oauth.request"]._check(asked)
            if error or not code:
                raise UserError(_why(connection, error))
            connection._finish_sign_in(asked, code)
        except UserError as problem:
            return _page(str(problem), back)
        _test(connection, asked)
        answer = request.redirect(_end(asked), code=303)
        answer.headers.extend(HEADERS)
        return answer


def _connection(asked):
    """The connection, for who may still sign in for it.

    :raises UserError: where that isn't so any more
    """
    connection = request.env["connector.connection"].browse(asked.connection_id)
    connection = connection.exists()
    allowed = request.env.user.has_group(ADMINISTRATORS)
    if not (allowed and connection and connection.has_access("write")):
        raise UserError(
            request.env._(
                "You may not sign in for this connection (any more). Nothing was"
                " stored: ask an administrator of the connectors."
            )
        )
    return connection


def _place(asked):
    """Where the browser goes to: a page of ours."""
    if asked.setup_id:
        return f"/odoo/connector-setup/{asked.setup_id}"
    return f"/odoo/connector-connections/{asked.connection_id}"


def _end(asked):
    """As :func:`_place`, of a sign-in that is good; a set-up's step says so itself."""
    if asked.setup_id:
        return _place(asked)
    action = "/odoo/connector-connections/connector-signed-in"
    return f"{action}?active_id={asked.connection_id}"


def _why(connection, error):
    vendor = connection._provider()._provider_label
    if error == DENIED:
        return request.env._(
            "You didn't allow it at %s, and nothing was stored. Sign in again whenever"
            " you like.",
            vendor,
        )
    if not ERROR_NAME.fullmatch(error):
        error = request.env._("no reason was given")
    return request.env._(
        "%(vendor)s didn't let us in (%(reason)s), and nothing was stored. Compare the"
        " app's id, redirect address and scopes with those of the connection, then sign"
        " in again.",
        vendor=vendor,
        reason=error,
    )


def _test(connection, asked):
    """What the button Test does; its result stands on the page that is shown next."""
    setup = request.env["connector.setup"].browse(asked.setup_id or ()).exists()
    # One that is over tests nothing any more. What keeps the button from testing, the
    # button says, too: the person is signed in all the same.
    with contextlib.suppress(UserError):
        (setup.filtered(lambda s: s.state == "open") or connection).action_test()


def _page(text, back=None, status=400):
    values = {
        "text": text,
        "address": back or "/odoo",
        "label": request.env._("Back to the Connection")
        if back
        else request.env._("Back to Odoo"),
    }
    answer = request.render("connector_base.oauth_failed", values)
    answer.status_code = status
    answer.headers.extend([*HEADERS, ("Content-Security-Policy", POLICY)])
    return answer
