import types

from odoo import fields, models
from odoo.tools import SQL, split_every

from ..engine.bodies import mask_body

UNKNOWN_REQUESTERS = [
    ("hold", "Keep the Ticket and Ask Who It Is"),
    ("create", "Make a Contact"),
]
#: Settings that say what the import does, handed to it as plain values.
SETTINGS = ("unknown_requester", "keep_bodies", "mask_bodies")
#: Texts that are masked in one query.
BODY_BATCH = 500


class ConnectorSupportPolicy(models.Model):
    """How what one desk tells is kept: one policy a connection, made with it.

    Nothing is invented unless somebody wants it: a desk gets mail of anybody, and each
    contact that is made of it is a customer's address from then on.
    """

    _name = "connector.support.policy"
    _description = "Support Policy"
    _inherit = ["mail.thread"]
    _rec_name = "connection_id"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "connector.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    unknown_requester = fields.Selection(
        UNKNOWN_REQUESTERS,
        string="Requesters That Odoo Doesn't Know",
        required=True,
        default="hold",
        tracking=True,
        help="Who is found neither by the desk's own id, nor by an address, nor by the"
        " organization or its domain.",
    )
    keep_bodies = fields.Boolean(
        string="Keep Descriptions",
        tracking=True,
        help="What people have written. Without it only the subject is kept, and what"
        " was kept before is deleted.",
    )
    mask_bodies = fields.Boolean(
        string="Hide Personal Data in Them",
        default=True,
        tracking=True,
        help="E-mail addresses, numbers of phones, cards and accounts, and passwords"
        " are taken out before a description is kept.",
    )

    _connection_uniq = models.UniqueIndex(
        "(connection_id)", "A connection has one support policy."
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"keep_bodies", "mask_bodies"}:
            self._apply_to_bodies()
        return result

    def _make(self, connections):
        """Policies of new connections."""
        return self.create([{"connection_id": each.id} for each in connections])

    def _for(self, connection):
        """The policy of a connection; made where it has none yet."""
        policy = self.search([("connection_id", "=", connection.id)], limit=1)
        return policy or self._make(connection)

    def _plain(self):
        """The settings, for whoever outlives the cache."""
        self.ensure_one()
        return types.SimpleNamespace(**{name: self[name] for name in SETTINGS})

    # -- what is kept already -------------------------------------------------

    def _apply_to_bodies(self):
        """Let descriptions that are kept be as the policy says from now on."""
        for policy in self:
            if not policy.keep_bodies:
                policy._update_bodies(SQL("description = NULL"))
            elif policy.mask_bodies:
                policy._mask_kept_bodies()

    def _update_bodies(self, change, ids=None):
        """Change descriptions, and forget what both sides agreed on.

        :param change: ``SQL`` of what is set
        """
        tickets = self.env["connector.ticket"]
        tickets.flush_model(["description"])
        self.env.cr.execute(
            SQL(
                """
                WITH changed AS (
                    UPDATE connector_ticket t SET %s
                     WHERE t.connection_id = %s AND t.description IS NOT NULL
                       AND (%s OR t.id = ANY(%s)) RETURNING t.id
                )
                UPDATE connector_binding b SET agreed = b.agreed - 'description'
                  FROM changed
                 WHERE b.res_model = 'connector.ticket' AND b.res_id = changed.id
                   AND b.agreed IS NOT NULL
                """,
                change,
                self.connection_id.id,
                ids is None,
                list(ids or ()),
            )
        )
        tickets.invalidate_model(["description"])
        self.env["connector.binding"].invalidate_model(["agreed"])

    def _mask_kept_bodies(self):
        tickets = self.env["connector.ticket"].sudo().with_context(active_test=False)
        ids = tickets.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("description", "!=", False),
            ]
        ).ids
        for part in split_every(BODY_BATCH, ids, list):
            texts = [
                (ticket.id, mask_body(ticket.description))
                for ticket in tickets.browse(part)
            ]
            rows = SQL(", ").join(SQL("(%s, %s)", *pair) for pair in texts)
            change = SQL(
                "description = (SELECT v.body FROM (VALUES %s) AS v(id, body)"
                " WHERE v.id = t.id)",
                rows,
            )
            self._update_bodies(change, part)
