from odoo import api, models
from odoo.tools import SQL


class ConnectorStandingSource(models.AbstractModel):
    """For the models that a standing is made of: notes what changes as it is flushed.

    They have a customer and a ``company_id``. Where the ORM flushes columns, a
    whole batch comes at once, computed fields among them; that costs a comparison of
    names and no query.
    """

    _name = "connector.standing.source"
    _description = "Source of Standings"

    #: Stored fields whose change may change its customer's standing.
    _standing_watched = frozenset()
    #: Condition on the rows ``r`` that matter.
    _standing_matters = SQL("TRUE")
    #: Stored field that holds the customer.
    _standing_customer = "partner_id"

    def _standing_keys(self, ids):
        """SQL of the customers and companies whose standing these records may change.

        :return: ``SQL`` of rows ``(commercial entity's id, company's id)``
        """
        return SQL(
            """
            SELECT DISTINCT p.commercial_partner_id, r.company_id
              FROM %(table)s r JOIN res_partner p ON p.id = r.%(customer)s
             WHERE r.id = ANY(%(ids)s) AND r.company_id IS NOT NULL
               AND p.commercial_partner_id IS NOT NULL AND %(matters)s
            """,
            table=SQL.identifier(self._table),
            customer=SQL.identifier(self._standing_customer),
            ids=sorted(ids),
            matters=self._standing_matters,
        )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["connector.standing.mark"]._note(self._name, records.ids)
        return records

    def _write_multi(self, vals_list):
        watched = self._standing_watched
        if any(not watched.isdisjoint(vals) for vals in vals_list):
            self.env["connector.standing.mark"]._note(self._name, self._ids)
        return super()._write_multi(vals_list)


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "connector.standing.source"]

    _standing_watched = frozenset(
        {
            *("parent_state", "amount_residual", "date_maturity", "partner_id"),
            *("account_id", "balance"),
        }
    )
    _standing_matters = SQL(
        "EXISTS (SELECT FROM account_account a WHERE a.id = r.account_id"
        " AND a.account_type = 'asset_receivable')"
    )


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "connector.standing.source"]

    _standing_watched = frozenset({"state", "amount", "date", "partner_id", "move_id"})
    _standing_matters = SQL("r.partner_type = 'customer'")


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "connector.standing.source"]

    _standing_watched = frozenset(
        {
            *("state", "name", "date_order", "partner_id", "invoice_status"),
            "delivery_status",
        }
    )
