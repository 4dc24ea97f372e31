from odoo import api, fields, models


class ConnectorMapCompare(models.TransientModel):
    """Any two versions of a flow's map beside each other."""

    _name = "connector.map.compare"
    _description = "Compare Field Maps"

    flow_id = fields.Many2one("connector.flow", required=True)
    before_id = fields.Many2one(
        "connector.field.map", string="From", domain="[('flow_id', '=', flow_id)]"
    )
    after_id = fields.Many2one(
        "connector.field.map", string="To", domain="[('flow_id', '=', flow_id)]"
    )
    summary = fields.Char(compute="_compute_difference")
    difference_html = fields.Html(compute="_compute_difference", sanitize=False)

    @api.depends_context("lang")
    @api.depends("before_id", "after_id", "flow_id")
    def _compute_difference(self):
        maps = self.env["connector.field.map"]
        for compare in self:
            chosen = compare.before_id | compare.after_id
            found = {}
            if len(chosen) == 2 and chosen.flow_id == compare.flow_id:
                found = compare.after_id._differences(compare.before_id)
            compare.summary = maps._difference_in_short(found)
            compare.difference_html = maps._difference_as_table(found)

    def action_swap(self):
        self.ensure_one()
        self.write({"before_id": self.after_id.id, "after_id": self.before_id.id})
        return self._open()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare Versions"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class ConnectorFieldMap(models.Model):
    _inherit = "connector.field.map"

    def action_compare(self):
        """Compare this version with the active one, or any two."""
        self.ensure_one()
        compare = self.env["connector.map.compare"].create(
            {
                "flow_id": self.flow_id.id,
                "before_id": self.compared_id.id,
                "after_id": self.id,
            }
        )
        return compare._open()
