from odoo import api, fields, models


class ConnectorBillingDecision(models.Model):
    """What a person has decided of one document of a billing system.

    On which day it is booked although its period is closed, or that a posted one is
    reversed and booked anew. Kept as it was decided; who changes it is in its log.
    """

    _name = "connector.billing.decision"
    _description = "Billing Decision"
    _rec_name = "remote_id"

    flow_id = fields.Many2one(
        "connector.flow", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="flow_id.company_id", store=True)
    remote_id = fields.Char(string="Document There", required=True, readonly=True)
    date = fields.Date(string="Booked On", readonly=True)
    book_anew = fields.Boolean(
        string="To Be Booked Anew",
        readonly=True,
        help="The posted document is reversed when its new version comes.",
    )
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Decided By", readonly=True)

    _document_unique = models.Constraint(
        "UNIQUE (flow_id, remote_id)", "There is a decision on this document already."
    )

    @api.model
    def _of(self, flow, remote_ids):
        """:return: ``{remote id: {"date": …, "book_anew": …}}``, one query"""
        rows = self.sudo().search_read(
            [("flow_id", "=", flow.id), ("remote_id", "in", list(remote_ids))],
            ["remote_id", "date", "book_anew"],
            load=None,
        )
        return {row["remote_id"]: row for row in rows}

    @api.model
    def _decide(self, flow, remote_ids, reason, **values):
        """Keep a decision on documents; what was decided before besides stays.

        :param values: ``date`` or ``book_anew``
        """
        decisions = self.sudo()
        known = decisions.search(
            [("flow_id", "=", flow.id), ("remote_id", "in", list(remote_ids))]
        )
        values |= {"reason": reason, "user_id": self.env.uid}
        known.write(values)
        decisions.create(
            [
                {"flow_id": flow.id, "remote_id": remote_id, **values}
                for remote_id in set(remote_ids) - set(known.mapped("remote_id"))
            ]
        )

    @api.model
    def _done(self, flow, remote_id):
        """A document was booked anew, as it was decided."""
        self.sudo().search(
            [
                ("flow_id", "=", flow.id),
                ("remote_id", "=", remote_id),
                ("book_anew", "=", True),
            ]
        ).book_anew = False
