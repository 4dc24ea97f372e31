from odoo import api, fields, models
from odoo.exceptions import UserError


class ConnectorMatchDecide(models.TransientModel):
    """One decision for several records that wait for a match."""

    _name = "connector.match.decide"
    _description = "Connector Match Decision for Several"

    item_ids = fields.Many2many("connector.exception.item", string="Records")
    action = fields.Selection(
        [
            ("link", "Link each to its likeliest candidate"),
            ("create", "Create all of them as new records"),
        ],
        required=True,
        default="link",
        string="What To Do",
    )
    min_score = fields.Integer(string="If at Least Likely (%)", default=80)
    count = fields.Integer(string="Chosen", compute="_compute_count")
    likely_count = fields.Integer(string="Likely Enough", compute="_compute_count")

    @api.depends("item_ids", "min_score")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.item_ids)
            wizard.likely_count = len(
                wizard.item_ids.filtered_domain(
                    [("best_score", ">=", wizard.min_score)]
                )
            )

    def action_decide(self):
        self.ensure_one()
        if self.action == "create":
            self.item_ids._create_new()
            done, left = self.item_ids, self.item_ids.browse()
        else:
            done, left = self.item_ids._link_best(self.min_score)
        if not done:
            raise UserError(
                self.env._(
                    "None has one candidate that is likely enough: choose for each, or"
                    " ask for less."
                )
            )
        message = done._said_of_matches(len(done), len(left))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
