from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.context_api import FIELDS

#: Seconds in which a token's reads are counted.
WINDOW = 60
#: How many reads one counts as that finds nobody.
MISS = 20
ORGANIZATION, REQUESTER = "support.organization", "support.requester"
TICKET = "support.ticket"
#: Those of ``FIELDS`` that are no columns of a standing.
ELSEWHERE = frozenset({"customer_name", "currency", "odoo_url"})


class ConnectorContext(models.AbstractModel):
    """Answers the read API: one query for an answer, and one line about it."""

    _name = "connector.context"
    _description = "Context of a Customer"

    @api.model
    def _find(self, target, question):
        """Find a customer and how it stands.

        What may be several customers is none: nothing is guessed.

        :param target: ``ContextTarget``
        :param question: ``engine.context_api.Question``
        :return: ``(what the token has used, figures or None)``; the figures are those
            of ``engine.context_api.answer`` and ``partner_id``, ``digits``
        """
        columns = [name for name in FIELDS if name not in ELSEWHERE]
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT (SELECT COALESCE(SUM(
                                   CASE WHEN r.is_found THEN 1 ELSE %(miss)s END), 0)
                          FROM connector_context_read r
                         WHERE r.token_id = %(token)s AND r.create_date > %(since)s
                       ) AS used,
                       p.id AS partner_id, p.name AS customer_name,
                       cur.name AS currency, cur.decimal_places AS digits,
                       s.computed_at AS as_of,
                       %(columns)s
                  FROM res_company c
                  JOIN res_currency cur ON cur.id = c.currency_id
                  LEFT JOIN (
                        SELECT DISTINCT customer FROM (%(customers)s) AS asked
                         WHERE customer IS NOT NULL LIMIT 2
                       ) AS found ON TRUE
                  LEFT JOIN res_partner p ON p.id = found.customer
                  LEFT JOIN connector_customer_standing s
                    ON s.partner_id = p.id AND s.company_id = c.id
                 WHERE c.id = %(company)s
                """,
                miss=MISS,
                token=target.token_id,
                since=fields.Datetime.subtract(fields.Datetime.now(), seconds=WINDOW),
                columns=SQL(", ").join(SQL.identifier("s", name) for name in columns),
                customers=self._customers(target, question),
                company=target.company_id,
            )
        )
        used = rows[0]["used"] if rows else 0
        if len(rows) != 1 or not rows[0]["partner_id"]:
            return used, None
        [figures] = rows
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        figures["odoo_url"] = f"{base}/odoo/res.partner/{figures['partner_id']}"
        return used, figures

    # -- who is asked for -----------------------------------------------------

    @api.model
    def _customers(self, target, question):
        """SQL of the commercial entities, as ``customer``, that a question may mean."""
        return getattr(self, f"_customers_by_{question.kind}")(target, question.value)

    def _visible(self, target):
        """SQL: partners ``p`` that the token's company may see."""
        return SQL(
            "p.active AND (p.company_id IS NULL OR p.company_id = %s)",
            target.company_id,
        )

    @api.model
    def _customers_by_email(self, target, email):
        """By the address of a partner, or another one that a desk knows of it."""
        return SQL(
            """
            SELECT p.commercial_partner_id AS customer FROM res_partner p
             WHERE p.email_normalized = %(email)s AND %(visible)s
             UNION
            SELECT p.commercial_partner_id
              FROM connector_partner_alias a JOIN res_partner p ON p.id = a.partner_id
             WHERE a.value = %(email)s AND a.kind = 'email'
               AND a.company_id = %(company)s AND %(visible)s
            """,
            email=email,
            visible=self._visible(target),
            company=target.company_id,
        )

    @api.model
    def _customers_by_external_id(self, target, value):
        """By the desk's id of an organization or a user, or by our key of a partner."""
        bindings = self.env["connector.binding"]
        own = bindings._keyed_res_ids("res.partner", [value]).get(value)
        if not target.connection_id:
            return SQL(
                "SELECT p.commercial_partner_id AS customer FROM res_partner p"
                " WHERE p.id = %s AND %s",
                own or 0,
                self._visible(target),
            )
        return SQL(
            """
            SELECT p.commercial_partner_id AS customer
              FROM connector_binding b JOIN res_partner p ON p.id = b.res_id
             WHERE b.connection_id = %s AND b.entity IN %s
               AND b.res_model = 'res.partner' AND %s AND %s
            """,
            target.connection_id,
            (ORGANIZATION, REQUESTER),
            SQL("b.res_id = %s", own) if own else SQL("b.remote_id = %s", value),
            self._visible(target),
        )

    @api.model
    def _customers_by_ticket(self, target, value):
        """By the number or the id of a ticket of the token's desk."""
        return SQL(
            """
            SELECT t.commercial_partner_id AS customer FROM connector_ticket t
             WHERE t.connection_id = %(connection)s AND t.active
               AND (t.number = %(value)s OR t.id IN (
                    SELECT b.res_id FROM connector_binding b
                     WHERE b.connection_id = %(connection)s AND b.entity = %(entity)s
                       AND b.remote_id = %(value)s))
            """,
            connection=target.connection_id or 0,
            value=value,
            entity=TICKET,
        )
