from odoo import fields, models

STATUSES = [
    ("new", "New"),
    ("open", "Open"),
    ("pending", "Waiting for the Customer"),
    ("on_hold", "On Hold"),
    ("solved", "Solved"),
    ("closed", "Closed"),
    ("deleted", "Deleted"),
]


class ConnectorTicket(models.Model):
    """A ticket of a desk: it follows the desk, which owns it."""

    _name = "connector.ticket"
    _description = "Ticket"
    _inherit = ["connector.bound.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Subject", required=True, readonly=True)
    number = fields.Char(readonly=True, index="btree_not_null")
    connection_id = fields.Many2one(
        "connector.connection", readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    status = fields.Selection(STATUSES, required=True, readonly=True, default="new")
