import hashlib
import secrets
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Reads in a minute that a token may be allowed at the most: so many lines are counted
#: for each read.
MOST_READS = 6000


class ContextTarget(NamedTuple):
    """What a token lets its holder ask for.

    :param expires_at: naive UTC, or ``None``
    :param released: frozenset of field codes
    """

    token_id: int
    company_id: int
    connection_id: int | None
    digest: str
    expires_at: object
    reads_per_minute: int
    released: frozenset


class ConnectorContextToken(models.Model):
    """Who may read how customers stand, and what of it: a sidebar app of a desk.

    Only a digest of the token is kept: what is lost is made anew. One token is for one
    company, and knows the ids of one desk.
    """

    _name = "connector.context.token"
    _description = "Token of the Context API"
    _inherit = ["mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="Who uses it, as “Zendesk sidebar”.")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        tracking=True,
    )
    connection_id = fields.Many2one(
        "connector.connection",
        string="Desk",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain="[('support_policy_ids', '!=', False)]",
        tracking=True,
        help="Whose ids and tickets are asked for. Without one, customers are found by"
        " e-mail address and by Odoo's own key.",
    )
    field_ids = fields.Many2many(
        "connector.context.field",
        "connector_context_token_field_rel",
        string="Released Fields",
        tracking=True,
        help="Nothing else is told to who holds the token.",
    )
    expires_at = fields.Datetime(string="Expires", tracking=True)
    reads_per_minute = fields.Integer(
        default=300,
        help="A customer that isn't found counts as 20 reads: nobody shall try out"
        " addresses.",
    )
    digest = fields.Char("Token", readonly=True, copy=False, groups=fields.NO_ACCESS)
    has_token = fields.Boolean(compute="_compute_has_token", compute_sudo=True)
    last_used_at = fields.Datetime(string="Last Used", compute="_compute_last_used_at")

    _digest_uniq = models.UniqueIndex("(digest) WHERE digest IS NOT NULL")
    _reads_bounded = models.Constraint(
        f"CHECK(reads_per_minute BETWEEN 1 AND {MOST_READS})",
        "A token may be used up to 6,000 times a minute.",
    )

    @api.depends("digest")
    def _compute_has_token(self):
        for token in self:
            token.has_token = bool(token.digest)

    def _compute_last_used_at(self):
        """By its latest line: to keep it on the token would make readers wait."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, (SELECT MAX(r.create_date) FROM connector_context_read r
                               WHERE r.token_id = t.id)
                  FROM connector_context_token t WHERE t.id = ANY(%s)
                """,
                self.ids,
            )
        )
        used = dict(rows)
        for token in self:
            token.last_used_at = used.get(token.id) or False

    # -- rows -----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        tokens = super().create(vals_list)
        self.env.registry.clear_cache()
        return tokens

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        self.env.registry.clear_cache()
        reads = self.env["connector.context.read"].sudo()
        if reads.search_count([("token_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "What was read with this token is on record: revoke it instead."
                )
            )

    # -- screens --------------------------------------------------------------

    def action_make(self):
        """Make a token, in place of the one before; it is shown once.

        :raises AccessError: where the user may not
        """
        self.ensure_one()
        self.check_access("write")
        token = secrets.token_urlsafe(32)
        again = self.has_token
        self.sudo().write({"digest": _digest(token), "active": True})
        self.sudo().message_post(
            body=self.env._("A new token was made; the one before is refused.")
            if again
            else self.env._("A token was made.")
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Your New Token"),
            "res_model": "connector.context.token.show",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_address": f"{self.get_base_url()}/connector/context/{token}"
            },
        }

    def action_revoke(self):
        """Refuse the tokens from now on."""
        self.check_access("write")
        self.sudo().write({"digest": False})
        for token in self.sudo():
            token.message_post(body=self.env._("The token was revoked."))

    def action_open_reads(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_support.connector_context_read_action"
        )
        action["domain"] = [("token_id", "=", self.id)]
        return action

    # -- requests -------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _targets(self):
        """All tokens that are in force or will expire, by their digests.

        One entry of Odoo's cache that all processes drop when a token changes: what is
        asked with an unknown token leaves nothing behind in the cache.

        :return: ``{digest: ContextTarget}``
        """
        self.flush_model()
        tokens = self.sudo().search([("digest", "!=", False)])
        return {
            token.digest: ContextTarget(
                token_id=token.id,
                company_id=token.company_id.id,
                connection_id=token.connection_id.id or None,
                digest=token.digest,
                expires_at=token.expires_at or None,
                reads_per_minute=token.reads_per_minute,
                released=frozenset(token.field_ids.mapped("code")),
            )
            for token in tokens
            if not token.connection_id or token.connection_id.active
        }

    @api.model
    def _target(self, token):
        """What a token lets ask for, or ``None`` where it is none of ours any more.

        It is looked up by its digest, which who guesses can't choose, and compared in
        constant time.
        """
        digest = _digest(token)
        target = self._targets().get(digest)
        if target is None or not secrets.compare_digest(target.digest, digest):
            return None
        if target.expires_at and target.expires_at <= fields.Datetime.now():
            return None
        return target


class ConnectorContextTokenShow(models.AbstractModel):
    """Shows a token once: nothing of it is stored."""

    _name = "connector.context.token.show"
    _description = "Show a Token of the Context API"

    # Without it no form can be opened of what is no record.
    id = fields.Id()
    address = fields.Char(readonly=True)


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
