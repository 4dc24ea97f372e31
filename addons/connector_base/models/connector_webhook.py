import hashlib
import secrets
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import errors
from ..engine.crypto import VaultError
from .connector_connection import PROVIDER_PREFIX
from .connector_credential import UNREADABLE

#: What is written of a connection that changes where deliveries go.
ROUTING_FIELDS = {"active", "company_id", "webhook_token", "webhook_token_digest"}


class WebhookTarget(NamedTuple):
    """Where the deliveries of a token go.

    ``connection_id`` is ``None`` for the decoy of tokens that are none of ours.
    """

    connection_id: int | None
    company_id: int | None
    provider: str
    encrypted_secret: str | None


class ConnectorConnection(models.Model):
    """The address that a vendor delivers to, and what came in by it."""

    _inherit = "connector.connection"

    webhook_token = fields.Char(
        readonly=True, copy=False, groups="connector_base.group_administrator"
    )
    webhook_token_digest = fields.Char(
        readonly=True, copy=False, groups=fields.NO_ACCESS
    )
    webhook_url = fields.Char(
        string="Webhook Address",
        compute="_compute_webhook_url",
        groups="connector_base.group_administrator",
    )
    webhook_supported = fields.Boolean(compute="_compute_webhook_supported")
    webhook_last_at = fields.Datetime(
        string="Last Webhook", compute="_compute_webhook_counts"
    )
    webhook_last_text = fields.Char(compute="_compute_webhook_counts")
    pending_event_count = fields.Integer(
        string="Waiting Events", compute="_compute_webhook_counts"
    )
    dead_event_count = fields.Integer(
        string="Dead Events", compute="_compute_webhook_counts"
    )

    _webhook_token_uniq = models.UniqueIndex(
        "(webhook_token_digest) WHERE webhook_token_digest IS NOT NULL",
        "Two connections can't have the same webhook address.",
    )

    @api.depends("webhook_token")
    def _compute_webhook_url(self):
        for connection in self:
            token = connection.webhook_token
            connection.webhook_url = (
                f"{connection.get_base_url()}/connector/webhook/{token}"
                if token
                else False
            )

    @api.depends("provider")
    def _compute_webhook_supported(self):
        for connection in self:
            provider = self.env.get(f"{PROVIDER_PREFIX}{connection.provider}")
            connection.webhook_supported = bool(
                provider is not None
                and (
                    provider._provider_webhook_secret
                    or provider._provider_webhook_unsigned
                )
            )

    @api.depends_context("lang")
    def _compute_webhook_counts(self):
        rows = {}
        if self.ids:
            self.env["connector.event"].flush_model()
            # Each count reads a partial index, the last one a single entry of another.
            found = self.env.execute_query(
                SQL(
                    """
                    SELECT c.id,
                           (SELECT e.received_at FROM connector_event e
                             WHERE e.connection_id = c.id ORDER BY e.id DESC LIMIT 1),
                           (SELECT COUNT(*) FROM connector_event e
                             WHERE e.connection_id = c.id AND e.state = 'pending'),
                           (SELECT COUNT(*) FROM connector_event e
                             WHERE e.connection_id = c.id AND e.state = 'dead')
                      FROM connector_connection c WHERE c.id IN %s
                    """,
                    tuple(self.ids),
                )
            )
            rows = {connection_id: counts for connection_id, *counts in found}
        now = fields.Datetime.now()
        for connection in self:
            last, pending, dead = rows.get(connection.id, (False, 0, 0))
            connection.webhook_last_at = last and last.replace(microsecond=0)
            connection.webhook_last_text = last and self._ago(now - last)
            connection.pending_event_count = pending
            connection.dead_event_count = dead

    @api.model
    def _ago(self, delta):
        minutes = int(delta.total_seconds() // 60)
        if minutes < 1:
            return self.env._("Just now")
        return self.env._("%s ago", self.env["connector.flow"]._duration_text(minutes))

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        connections._renew_webhook_token()
        return connections

    def write(self, vals):
        result = super().write(vals)
        if ROUTING_FIELDS & vals.keys():
            self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_webhook_target(self):
        self.env.registry.clear_cache()

    def _renew_webhook_token(self):
        for connection in self.sudo():
            token = secrets.token_urlsafe(32)
            connection.write(
                {"webhook_token": token, "webhook_token_digest": _digest(token)}
            )

    # -- deliveries -----------------------------------------------------------

    @api.model
    def _webhook_target(self, token):
        """Where a delivery goes.

        Of a token that is none of ours it is a decoy: what is done for it takes as
        long, so that the time of an answer doesn't tell which tokens there are.

        :return: :class:`WebhookTarget`, or ``None`` where no connection takes any
        """
        targets, _secrets, decoy = self._webhook_targets()
        return targets.get(_digest(token), decoy)

    @api.model
    @tools.ormcache()
    def _webhook_targets(self):
        """All that may be delivered to, looked up by the digest of the token.

        One entry of Odoo's cache that all processes drop when a token, a secret or an
        archived connection changes: a delivery asks the database for nothing of it,
        and one of an unknown token leaves nothing behind in the cache.

        :return: ``({digest: WebhookTarget}, {connection id: encrypted secret}, decoy)``
        """
        credentials = self.env["connector.credential"]
        self.flush_model()
        credentials.flush_model()
        supported = {
            name.removeprefix(PROVIDER_PREFIX): model._provider_webhook_secret or ""
            for name, model in self.env.items()
            if name.startswith(PROVIDER_PREFIX)
            and (model._provider_webhook_secret or model._provider_webhook_unsigned)
        }
        if not supported:
            return {}, {}, None
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.webhook_token_digest, c.id, c.company_id, c.provider, s.token
                  FROM connector_connection c
                  LEFT JOIN connector_credential s
                    ON s.connection_id = c.id AND (c.provider, s.key) IN %s
                 WHERE c.active AND c.provider IN %s
                   AND c.webhook_token_digest IS NOT NULL
                """,
                tuple(supported.items()),
                tuple(supported),
            )
        )
        targets = {
            digest: WebhookTarget(
                connection_id, company_id, f"{PROVIDER_PREFIX}{provider}", secret
            )
            for digest, connection_id, company_id, provider, secret in rows
        }
        if not targets:
            return {}, {}, None
        likeness = next(iter(targets.values()))
        random_secret = credentials._vault().encrypt(secrets.token_urlsafe(32))
        decoy = WebhookTarget(None, None, likeness.provider, random_secret)
        encrypted = {
            target.connection_id: target.encrypted_secret
            for target in (*targets.values(), decoy)
        }
        return targets, encrypted, decoy

    def _webhook_secret(self):
        """The secret that signs the deliveries, in clear.

        Of no connection it is one that nobody knows.

        :raises errors.AuthenticationError: where it was never entered or no key of this
            server opens it
        """
        _targets, secrets_by_connection, _decoy = self._webhook_targets()
        encrypted = secrets_by_connection.get(self.id or None)
        if not encrypted:
            raise errors.AuthenticationError(
                "no webhook secret is set", code="no_credential"
            )
        try:
            return self.env["connector.credential"]._vault().decrypt(encrypted)
        except (UserError, VaultError) as error:
            raise errors.AuthenticationError(
                "its webhook secret can't be read", code=UNREADABLE
            ) from error

    # -- screens ---------------------------------------------------------------

    def action_renew_webhook_token(self):
        """Another address; deliveries to the one before are refused from now on."""
        self.check_access("write")
        self._renew_webhook_token()
        # Connections from before there were webhooks have no place for the secret.
        self._create_credentials()

    def action_open_events(self):
        return self._open_related("connector.event", self.env._("Inbox"))

    def action_open_pending_events(self):
        return self._open_related(
            "connector.event", self.env._("Waiting Events"), [("state", "=", "pending")]
        )

    def action_open_dead_events(self):
        return self._open_related(
            "connector.event", self.env._("Dead Events"), [("state", "=", "dead")]
        )


class ConnectorCredential(models.Model):
    _inherit = "connector.credential"

    def write(self, vals):
        result = super().write(vals)
        if "token" in vals:
            self.env.registry.clear_cache()
        return result


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
