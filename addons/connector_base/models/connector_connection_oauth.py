from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import errors, oauth
from ..engine.answers import expected
from ..engine.tokens import Tokens
from .connector_connection import PROVIDER_PREFIX
from .own_transaction import in_own_transaction

#: Where vendors send a browser back to.
CALLBACK = "/connector/oauth/callback"
#: What is shown of a secret that nobody has entered.
HINT = "••••••••"


class ConnectorConnection(models.Model):
    """Signing in at a vendor by a button: OAuth's authorization-code flow."""

    _inherit = "connector.connection"

    oauth_supported = fields.Boolean(compute="_compute_oauth_supported")
    oauth_ready = fields.Boolean(
        compute="_compute_oauth", groups="connector_base.group_administrator"
    )
    oauth_signed_in = fields.Boolean(
        compute="_compute_oauth", groups="connector_base.group_administrator"
    )
    oauth_scopes = fields.Char(
        string="Scopes Asked For",
        compute="_compute_oauth",
        groups="connector_base.group_administrator",
        help="The least that the flows need which are switched on.",
    )
    missing_scopes = fields.Char(
        compute="_compute_oauth", groups="connector_base.group_administrator"
    )
    oauth_redirect_uri = fields.Char(
        string="Redirect Address", compute="_compute_oauth_redirect_uri"
    )
    granted_scopes = fields.Char(
        readonly=True, copy=False, help="What the vendor said when somebody signed in."
    )
    signed_in_at = fields.Datetime(readonly=True, copy=False)
    signed_in_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    @api.depends("provider")
    def _compute_oauth_supported(self):
        for connection in self:
            connection.oauth_supported = bool(connection._oauth_spec())

    @api.depends(
        *("provider", "base_url", "account_key", "granted_scopes"),
        *("credential_ids.hint", "flow_ids.active", "flow_ids.direction"),
    )
    def _compute_oauth(self):
        for connection in self:
            spec = connection._oauth_spec()
            if not spec:
                connection.oauth_ready = connection.oauth_signed_in = False
                connection.oauth_scopes = connection.missing_scopes = False
                continue
            entered = connection._entered_credentials()
            granted = oauth.granted_scopes(connection.granted_scopes)
            missing = oauth.missing_scopes(spec.scopes, granted)
            connection.oauth_ready = {spec.client_id, spec.client_secret} <= entered
            connection.oauth_signed_in = spec.refresh_token in entered
            connection.oauth_scopes = " ".join(spec.scopes)
            connection.missing_scopes = " ".join(missing)

    def _compute_oauth_redirect_uri(self):
        for connection in self:
            connection.oauth_redirect_uri = f"{connection.get_base_url()}{CALLBACK}"

    def _entered_credentials(self):
        """Keys of the credentials that something is stored of."""
        stored = self.sudo().credential_ids.filtered("token")
        return set(stored.mapped("key"))

    def _oauth_spec(self):
        """``engine.oauth.OAuthSpec``; ``None`` where the vendor has no such flow."""
        self.ensure_one()
        if f"{PROVIDER_PREFIX}{self.provider}" not in self.env:
            return None
        return self._provider()._oauth_spec(self)

    def _oauth_uses(self):
        """What is done with each stream whose flow is on; all are read before that.

        :return: ``{stream: whether it is sent, too}``
        """
        self.ensure_one()
        flows = self.flow_ids.filtered("active")
        if not flows:
            return {stream.name: False for stream in self._streams()}
        return {flow.stream: flow.direction != "pull" for flow in flows}

    # -- there ----------------------------------------------------------------

    def action_sign_in(self):
        """Send the browser to the vendor, where the user lets us act for them."""
        return self._sign_in()

    def _sign_in(self, setup=None):
        """:param setup: ``connector.setup`` to come back to"""
        self.ensure_one()
        self.check_access("write")
        self._need_armed()
        spec = self._oauth_spec()
        label = self._provider()._provider_label
        if not spec:
            raise UserError(
                self.env._("%s has no sign-in of this kind: enter its key.", label)
            )
        if not self._is_safe_address(self.oauth_redirect_uri):
            raise UserError(
                self.env._(
                    "%(vendor)s would send what it gives to %(address)s, readable for"
                    " others on its way: let Odoo be reached by https, and correct the"
                    " system parameter web.base.url.",
                    vendor=label,
                    address=self.oauth_redirect_uri,
                )
            )
        # Connections from before a vendor had this flow have no place for its token.
        self.sudo()._create_credentials()
        try:
            client_id = self._secret(spec.client_id)
            self._secret(spec.client_secret)
        except errors.AuthenticationError as error:
            raise UserError(self._oauth_sentence(error)) from None
        state, verifier = self.env["connector.oauth.request"]._begin(
            self, spec, self.oauth_redirect_uri, setup
        )
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": oauth.authorize_address(
                spec, client_id, self.oauth_redirect_uri, state, verifier
            ),
        }

    # -- and back -------------------------------------------------------------

    def _finish_sign_in(self, asked, code):
        """Have a code exchanged, look whose account it is, and keep what was given.

        No transaction is open while the vendor is asked, and all is kept in one.

        :param asked: ``connector_oauth_request.Asked``
        :param code: as the vendor sent it
        :raises UserError: where nothing was kept; the text says what to do
        """
        self.ensure_one()
        self._need_armed()
        spec = self._oauth_spec()
        if not spec:
            raise UserError(self.env._("This sign-in is not known any more."))
        verifier = self.env["connector.oauth.request"]._open_verifier(asked)
        provider, given = self._provider(), []
        try:
            keys = (spec.client_id, spec.client_secret)
            secrets = {key: self._secret(key) for key in keys}
            client = provider._oauth_client(self, Tokens(lambda _refused: given[0]))
            place = self._token_place(spec.token, secrets)
            known, name = self.account_key, self.account_ref or self.account_key
            self._end_transaction()
            with expected(provider._provider_label):
                grant = spec.exchange(
                    secrets, oauth.Code(code, asked.redirect_uri, verifier)
                )
            given.append(grant.token)
            secrets = secrets | grant.token.secrets
            if spec.refresh_token not in secrets:
                raise errors.AuthenticationError("", code="no_refresh_token")
            info = provider._asked("_account_info", client)
            if known and info.account_id != known:
                raise errors.AuthenticationError(
                    "",
                    code="another_account",
                    params={"account": info.name or info.account_id, "known": name},
                )
            # Who renews the token now has done so with what is replaced here.
            with place.alone():
                in_own_transaction(
                    self.env, lambda env: self._keep_grant(env, spec, grant, place)
                )
        except errors.ConnectorError as error:
            if given and spec.refresh_token in secrets:
                # Nobody will use it.
                self._end_grant(spec, secrets, client)
            raise UserError(self._oauth_sentence(error)) from None
        self.env.invalidate_all()

    def _keep_grant(self, env, spec, grant, place):
        """Both tokens, who signed in, and the row of the audit, in one commit."""
        connection = self.with_env(env(user=self.env.uid, su=True))
        scopes = " ".join(grant.scopes or ()) or False
        before = connection.granted_scopes
        now = fields.Datetime.now()
        refresh = grant.token.secrets[spec.refresh_token]
        connection.credential_ids.filtered(
            lambda credential: credential.key == spec.refresh_token
        ).write(
            {
                "token": env["connector.credential"]._vault().encrypt(refresh),
                "hint": HINT,
                "changed_at": now,
                "changed_by_id": self.env.uid,
            }
        )
        connection._forget_test()
        connection.write(
            {
                "granted_scopes": scopes,
                "signed_in_at": now,
                "signed_in_by_id": self.env.uid,
            }
        )
        connection.env["connector.audit"]._note(
            connection, "sign_in", {"granted_scopes": [before or None, scopes or None]}
        )
        connection.env.flush_all()
        place.keep(env.cr, grant.token)

    def _end_transaction(self):
        """The vendor is asked next, and may take its time."""
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def action_signed_in(self):
        """Open the connection and say how the sign-in went."""
        self.ensure_one()
        self.check_access("write")
        label = self._provider()._provider_label
        good = self.last_test_passed and not self.missing_scopes
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if good else "warning",
                "sticky": not good,
                "title": self.env._("Signed in at %s", label),
                "message": self.env._("Some scopes are missing: see Credentials.")
                if self.missing_scopes
                else self.last_test_result or self.env._("Press Test next."),
                "next": {
                    **self.env["ir.actions.act_window"]._for_xml_id(
                        "connector_base.connector_connection_action"
                    ),
                    "res_id": self.id,
                    "views": [(False, "form")],
                },
            },
        }

    # -- out ------------------------------------------------------------------

    def action_sign_out(self):
        """End at the vendor what was granted, and forget it here."""
        self.ensure_one()
        self.check_access("write")
        spec = self._oauth_spec()
        if not spec or spec.refresh_token not in self._entered_credentials():
            raise UserError(self.env._("Nobody is signed in."))
        try:
            secrets = {key: self._secret(key) for key in spec.needs}
            client = self._provider()._client(self)
            ended = self._end_grant(spec, secrets, client)
        except errors.ConnectorError:
            # A secret that can't be read can't be sent, either.
            ended = False
        # At once, and after what the client may have renewed: or it would be undone.
        in_own_transaction(self.env, lambda env: self._forget_grant(env, spec))
        self.env.invalidate_all()
        label = self._provider()._provider_label
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if ended else "warning",
                "sticky": not ended,
                "message": self.env._("Signed out, here and at %s.", label)
                if ended
                else self.env._(
                    "Signed out here. %s could not be told: remove the app from the"
                    " account there by hand.",
                    label,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _end_grant(self, spec, secrets, client):
        """Whether the vendor has ended what it granted."""
        if not spec.revoke:
            return False
        try:
            spec.revoke(secrets, client)
        except errors.ConnectorError:
            return False
        return True

    def _forget_grant(self, env, spec):
        """Remove the refresh token and what was got with it."""
        connection = self.with_env(env(user=self.env.uid, su=True))
        connection.credential_ids.filtered(
            lambda credential: credential.key == spec.refresh_token
        ).write({"token": False, "hint": False})
        connection.env["connector.token"].search(
            [("connection_id", "=", self.id), ("key", "=", spec.token)]
        ).unlink()
        before = connection.granted_scopes or None
        connection.env["connector.audit"]._note(
            connection, "sign_out", {"granted_scopes": [before, None]}
        )
        connection.write(dict.fromkeys(GRANT_FIELDS, False))
        connection._forget_test()

    # -- sentences ------------------------------------------------------------

    def _oauth_sentence(self, error):
        """What went wrong with a sign-in, and what to do."""
        label = self._provider()._provider_label
        if error.code == "no_refresh_token":
            return self.env._(
                "%s gave nothing that lasts, so nothing was stored. Let the app have"
                " access at any time (a refresh token), then sign in again.",
                label,
            )
        if error.code == "another_account":
            return self.env._(
                "You signed in at %(vendor)s to account %(account)s, but this"
                " connection belongs to %(known)s. Nothing was stored. Sign out there,"
                " and sign in again with the right account; for another account make a"
                " connection of its own.",
                vendor=label,
                account=error.params["account"],
                known=error.params["known"],
            )
        sentence = self.env["connector.exception"]._sentence_of_error(error)
        if error.code == "no_credential":
            return sentence
        return self.env._(
            "%(vendor)s didn't let us in, and nothing was stored: %(sentence)s Sign in"
            " again; if it stays so, compare the app's id, secret, redirect address"
            " and scopes with those of the connection.",
            vendor=label,
            sentence=sentence,
        )


#: What a connection knows of a sign-in.
GRANT_FIELDS = ("granted_scopes", "signed_in_at", "signed_in_by_id")


class ConnectorCredential(models.Model):
    _inherit = "connector.credential"

    def _inverse_secret(self):
        entered = self.filtered("secret")
        result = super()._inverse_secret()
        for credential in entered:
            connection = credential.connection_id.sudo()
            spec = connection._oauth_spec()
            if spec and credential.key in spec.needs:
                # It was granted to another app, or to somebody else.
                connection.write(dict.fromkeys(GRANT_FIELDS, False))
        return result


class ConnectorSetup(models.Model):
    _inherit = "connector.setup"

    oauth_ready = fields.Boolean(related="connection_id.oauth_ready")
    oauth_redirect_uri = fields.Char(related="connection_id.oauth_redirect_uri")
    oauth_scopes = fields.Char(related="connection_id.oauth_scopes")
    oauth_supported = fields.Boolean(related="connection_id.oauth_supported")

    def action_sign_in(self):
        """Sign in at the vendor, and come back to this step."""
        self._check_open()
        return self.connection_id._sign_in(self)
