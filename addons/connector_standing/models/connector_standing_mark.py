from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.connector_base.models.loose_many2one import LooseMany2one

#: Key under which a cursor keeps what a transaction changed until it commits.
NOTES = "connector_standing"


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
                    SELECT customer, company, %s::timestamp
                      FROM (%s) AS keys (customer, company)
                    RETURNING id
                    """,
                    fields.Datetime.now(),
                    self.env[model]._standing_keys(ids),
                )
            )
        if rows:
            self._wake()

    @api.model
    def _mark(self, keys):
        """Mark customers at once.

        :param keys: set of ``(commercial entity's id, company's id)``
        """
        if keys:
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO connector_standing_mark (partner_id, company_id, due_at)
                    VALUES %s RETURNING id
                    """,
                    SQL(", ").join(
                        SQL("(%s, %s, %s::timestamp)", *key, fields.Datetime.now())
                        for key in sorted(keys)
                    ),
                )
            )
            self._wake()

    @api.model
    def _wake(self, at=None):
        """Have the standings worked out, now or at a moment."""
        # None as long as this addon is being installed.
        cron = self.env.ref(
            "connector_standing.standing_cron", raise_if_not_found=False
        )
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
