import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import STORED_SESSION_BYTES, request
from odoo.tools import SQL

from ..engine import oauth
from ..engine.crypto import VaultError
from .bulk_delete import bulk_delete
from .own_transaction import in_own_transaction

#: Minutes that somebody has to sign in at the vendor.
LIFETIME = 10
VACUUM_BATCH = 1000


class Asked(NamedTuple):
    """A sign-in that somebody comes back from.

    :param verifier: of PKCE, encrypted; ``None`` where the vendor knows none
    """

    connection_id: int
    setup_id: int | None
    redirect_uri: str
    verifier: str | None
    session_digest: str | None
    created_at: datetime.datetime

    def is_over(self, now):
        return now - self.created_at > datetime.timedelta(minutes=LIFETIME)


class ConnectorOauthRequest(models.Model):
    """Somebody was sent to a vendor to sign in, and hasn't come back yet.

    The state that they come back with is good once, for them, in the browser session
    that asked for it, and for ten minutes. Only its digest is kept.
    """

    _name = "connector.oauth.request"
    _inherit = ["connector.encrypted"]
    _description = "Connector Sign-In Under Way"
    _order = "id"
    _rec_name = "connection_id"
    _log_access = False
    _encrypted = ("verifier",)

    connection_id = fields.Many2one(
        "connector.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="connection_id.company_id")
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade"
    )
    setup_id = fields.Many2one("connector.setup", readonly=True, ondelete="cascade")
    state_digest = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    session_digest = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    verifier = fields.Char(readonly=True, groups=fields.NO_ACCESS, copy=False)
    redirect_uri = fields.Char(required=True, readonly=True)
    created_at = fields.Datetime(required=True, readonly=True)

    _state_digest_uniq = models.Constraint(
        "UNIQUE(state_digest)", "A state is given once."
    )

    @api.model
    def _begin(self, connection, spec, redirect_uri, setup=None):
        """Note that the user goes to sign in.

        :param spec: ``engine.oauth.OAuthSpec``
        :return: ``(state, verifier)``; the verifier is ``None`` without PKCE
        """
        state = oauth.random_text()
        verifier = oauth.random_text() if spec.pkce else None
        vault = self.env["connector.credential"]._vault()
        # Who begins anew doesn't come back from the one before.
        self.sudo().search(
            [
                ("connection_id", "=", connection.id),
                ("user_id", "=", self.env.uid),
            ]
        ).unlink()
        self.sudo().create(
            {
                "connection_id": connection.id,
                "user_id": self.env.uid,
                "setup_id": setup.id if setup else False,
                "state_digest": oauth.digest(state),
                "session_digest": self._session_digest(),
                "verifier": verifier and vault.encrypt(verifier),
                "redirect_uri": redirect_uri,
                "created_at": fields.Datetime.now(),
            }
        )
        return state, verifier

    @api.model
    def _take(self, state):
        """What the user comes back from; committed at once, so that it is taken once.

        Who dies after that signs in again: the vendor's code, which may have been used
        then, is never sent twice.

        :param state: as it came
        :return: :class:`Asked`; ``None`` where there is nothing of theirs
        """
        wanted, uid = oauth.digest(state), self.env.uid

        def take(env):
            env.cr.execute(
                SQL(
                    """
                    DELETE FROM connector_oauth_request
                     WHERE state_digest = %s AND user_id = %s
                    RETURNING state_digest, connection_id, setup_id, redirect_uri,
                              verifier, session_digest, created_at
                    """,
                    wanted,
                    uid,
                )
            )
            return env.cr.fetchone()

        found = in_own_transaction(self.env, take)
        self.invalidate_model()
        if not found or not oauth.is_same(found[0], wanted):
            return None
        return Asked(*found[1:])

    @api.model
    def _check(self, asked):
        """:raises UserError: where it is over, or another browser has asked for it"""
        if asked.is_over(fields.Datetime.now()):
            raise UserError(
                self.env._(
                    "The sign-in took longer than %s minutes. Nothing was stored: open"
                    " the connection and sign in again.",
                    LIFETIME,
                )
            )
        session = self._session_digest()
        if asked.session_digest and not oauth.is_same(
            asked.session_digest, session or ""
        ):
            raise UserError(
                self.env._(
                    "The sign-in was begun in another browser or session. Nothing was"
                    " stored: open the connection here and sign in again."
                )
            )

    @api.model
    def _open_verifier(self, asked):
        """The verifier in clear.

        :raises UserError: where no key of this server opens it
        """
        if not asked.verifier:
            return None
        try:
            return self.env["connector.credential"]._vault().decrypt(asked.verifier)
        except VaultError as error:
            raise UserError(str(error)) from None

    @api.model
    def _session_digest(self):
        """The lasting part of the browser's session; ``None`` without one."""
        sid = request.session.sid if request else None
        return oauth.digest(sid[:STORED_SESSION_BYTES]) if sid else None

    @api.autovacuum
    def _gc_over(self):
        """Delete those that nobody came back from, in bounded batches.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        limit = fields.Datetime.now() - datetime.timedelta(minutes=LIFETIME)
        return bulk_delete(self, SQL("created_at < %s", limit), VACUUM_BATCH)
