from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("email", "E-mail Address"),
    ("domain", "Domain"),
    ("requester", "Requester at the Desk"),
]


class ConnectorPartnerAlias(models.Model):
    """What else a partner is known by at a desk, beside what its own form says.

    People write from several addresses, companies have several domains, and a person
    may have said who a requester is whom nothing else tells. Addresses and domains that
    one desk tells serve the other desks of the same company, too.
    """

    _name = "connector.partner.alias"
    _description = "Alias of a Partner"
    _order = "kind, value"
    _rec_name = "value"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    value = fields.Char(required=True, readonly=True)
    connection_id = fields.Many2one(
        "connector.connection",
        string="Desk",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )

    _value_uniq = models.UniqueIndex(
        "(value, kind, connection_id, partner_id)", "A partner has an alias once."
    )

    @api.model
    def _add(self, connection, kind, pairs):
        """Note aliases, in one query; what is known already stays.

        :param pairs: iterable of ``(partner id, value)``
        """
        rows = [
            SQL(
                "%s", (partner_id, kind, value, connection.id, connection.company_id.id)
            )
            for partner_id, value in sorted(set(pairs))
        ]
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO connector_partner_alias
                    (partner_id, kind, value, connection_id, company_id)
                VALUES %s ON CONFLICT DO NOTHING
                """,
                SQL(", ").join(rows),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _replace(self, connection, kind, values):
        """Let partners have exactly these aliases of a kind, as a desk tells them.

        :param values: ``{partner id: values}``
        """
        if not values:
            return
        pairs = [(i, value) for i, found in values.items() for value in found]
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM connector_partner_alias
                 WHERE connection_id = %s AND kind = %s AND partner_id = ANY(%s)
                   AND (partner_id, value) NOT IN (
                        SELECT * FROM unnest(%s::int[], %s::varchar[]))
                """,
                connection.id,
                kind,
                list(values),
                [partner_id for partner_id, _value in pairs],
                [value for _partner_id, value in pairs],
            )
        )
        self._add(connection, kind, pairs)

    @api.model
    def _find(self, connection, kind, values):
        """Who has these aliases; requesters are those of this very desk.

        :return: list of ``(value, partner id)``
        """
        if not values:
            return []
        return self.env.execute_query(
            SQL(
                """
                SELECT value, partner_id FROM connector_partner_alias
                 WHERE value = ANY(%s) AND kind = %s AND company_id = %s
                   AND (kind <> 'requester' OR connection_id = %s)
                """,
                list(values),
                kind,
                connection.company_id.id,
                connection.id,
            )
        )

    @api.model
    def _drop_doubled(self, partner_ids):
        """Leave each alias to one of some partners that are about to become one."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM connector_partner_alias a
                 USING connector_partner_alias b
                 WHERE a.partner_id = ANY(%(ids)s) AND b.partner_id = ANY(%(ids)s)
                   AND a.value = b.value AND a.kind = b.kind
                   AND a.connection_id = b.connection_id AND a.id > b.id
                """,
                ids=list(partner_ids),
            )
        )
        self.invalidate_model(flush=False)
