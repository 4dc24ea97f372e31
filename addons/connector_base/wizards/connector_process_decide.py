from odoo import api, fields, models


class ConnectorProcessDecide(models.TransientModel):
    """Ask why a process is undone, cancelled, or a step was done by hand."""

    _name = "connector.process.decide"
    _description = "Decide on a Process"

    process_ids = fields.Many2many("connector.process", required=True, readonly=True)
    decision = fields.Selection(
        [
            ("undo", "Undo What Was Done"),
            ("cancel", "Cancel the Process"),
            ("skip", "The Step Was Done by Hand"),
        ],
        required=True,
        readonly=True,
    )
    explanation = fields.Char(compute="_compute_explanation")
    reason = fields.Char(required=True)

    @api.depends("decision")
    def _compute_explanation(self):
        texts = {
            "undo": self.env._(
                "Takes back what the steps did, the last one first. What can't be taken"
                " back, as a confirmed order, is left for a person."
            ),
            "cancel": self.env._("No further step is done. What was done stays."),
            "skip": self.env._("Goes on with the step after it."),
        }
        for wizard in self:
            wizard.explanation = texts.get(wizard.decision)

    def action_apply(self):
        self.ensure_one()
        self.process_ids.decide(self.decision, self.reason)
        return {"type": "ir.actions.act_window_close"}
