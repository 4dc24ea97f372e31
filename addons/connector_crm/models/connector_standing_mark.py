from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.connector_base.models.loose_many2one import LooseMany2one

#: Key under which a cursor keeps what a transaction changed until it commits.
NOTES = "connector_crm.standing"
#: Model -> stored fields whose change may change its customer's standing.
WATCHED = {
    "account.move.line": frozenset(
        {
            *("parent_state", "amount_residual", "date_maturity", "partner_id"),
            *("account_id", "balance"),
        }
    ),
    "account.payment": frozenset({"state", "amount", "date", "partner_id", "move_id"}),
    "sale.order": frozenset(
        {
            *("state", "name", "date_order", "partner_id", "invoice_status"),
            "delivery_status",
        }
    ),
    "connector.agreement": frozenset(
        {"state", "date_start", "date_end", "partner_id", "active"}
    ),
}
#: Model -> condition on the rows ``r`` that matter; all of models that aren't here.
MATTERS = {
    "account.move.line": SQL(
        "EXISTS (SELECT FROM account_account a WHERE a.id = r.account_id"
        " AND a.account_type = 'asset_receivable')"
    ),
    "account.payment": SQL("r.partner_type = 'customer'"),
    "sale.order": SQL("TRUE"),
    "connector.agreement": SQL("TRUE"),
}


class ConnectorStandingMark(models.Model):
    """Whose standing may have changed: noted in the transaction that changes it.

    Rows are only ever inserted there, so that two people's transactions never wait for
    each other; what works the standings out deletes them.
    """

    _name = "connector.standing.mark"
    _description = "Standing To Work Out"
    _log_access = False

    # Loose: a key would lock the partner in everybody's postings.
    partner_id = LooseMany2one("res.partner", required=True, readonly=True)
    company_id = LooseMany2one("res.company", required=True, readonly=True)
    due_at = fields.Datetime(required=True, readonly=True)

    _due_idx = models.Index("(due_at, id)")

    @api.model
    def _note(self, model, ids):
        """Note that these records changed; written when the transaction commits."""
        data = self.env.cr.precommit.data
        if NOTES not in data:
            data[NOTES] = {}
            self.env.cr.precommit.add(self._write_noted)
        data[NOTES].setdefault(model, set()).update(ids)

    def _write_noted(self):
        """One statement for each kind of record that the transaction changed."""
        noted = self.env.cr.precommit.data.pop(NOTES, {})
        rows = []
        for model, ids in noted.items():
            rows += self.env.execute_query(
                SQL(
                    """
                    INSERT INTO connector_standing_mark (partner_id, company_id, due_at)
                    SELECT DISTINCT p.commercial_partner_id, r.company_id,
                           %(now)s::timestamp
                      FROM %(table)s r JOIN res_partner p ON p.id = r.partner_id
                     WHERE r.id = ANY(%(ids)s) AND r.company_id IS NOT NULL
                       AND p.commercial_partner_id IS NOT NULL AND %(matters)s
                    RETURNING id
                    """,
                    now=fields.Datetime.now(),
                    table=SQL.identifier(self.env[model]._table),
                    ids=sorted(ids),
                    matters=MATTERS.get(model, SQL("TRUE")),
                )
            )
        if rows:
            self._wake()

    @api.model
    def _wake(self, at=None):
        """Have the standings worked out, now or at a moment."""
        # None as long as this addon is being installed.
        cron = self.env.ref("connector_crm.standing_cron", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger(at=at)

    @api.model
    def _mark_all(self):
        """Mark all whose standing may be another one today: a day makes overdue."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO connector_standing_mark (partner_id, company_id, due_at)
                SELECT partner_id, company_id, %(now)s::timestamp
                  FROM (
                    SELECT partner_id, company_id FROM connector_customer_standing
                     UNION
                    SELECT p.commercial_partner_id, l.company_id
                      FROM account_move_line l
                      JOIN account_account a ON a.id = l.account_id
                       AND a.account_type = 'asset_receivable'
                      JOIN res_partner p ON p.id = l.partner_id
                     WHERE l.parent_state = 'posted' AND l.amount_residual <> 0
                     UNION
                    SELECT p.commercial_partner_id, o.company_id
                      FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                     WHERE o.state = 'sale'
                  ) AS everybody
                 WHERE partner_id IS NOT NULL AND company_id IS NOT NULL
                RETURNING id
                """,
                now=fields.Datetime.now(),
            )
        )
        self._wake()


class ConnectorStandingSource(models.AbstractModel):
    """For the models that a standing is made of: notes what changes as it is flushed.

    Where the ORM flushes columns, a whole batch comes at once, computed fields among
    them; that costs a comparison of names and no query.
    """

    _name = "connector.standing.source"
    _description = "Source of Standings"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["connector.standing.mark"]._note(self._name, records.ids)
        return records

    def _write_multi(self, vals_list):
        watched = WATCHED[self._name]
        if any(not watched.isdisjoint(vals) for vals in vals_list):
            self.env["connector.standing.mark"]._note(self._name, self._ids)
        return super()._write_multi(vals_list)


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "connector.standing.source"]


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "connector.standing.source"]


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "connector.standing.source"]


class ConnectorAgreement(models.Model):
    _name = "connector.agreement"
    _inherit = ["connector.agreement", "connector.standing.source"]
