from odoo import api, fields, models
from odoo.exceptions import AccessError


class ConnectorFieldMapStep(models.Model):
    """A step of a line's chain: a transform with what it needs."""

    _name = "connector.field.map.step"
    _description = "Connector Field Map Step"
    _order = "line_id, sequence, id"
    _rec_name = "transform"

    line_id = fields.Many2one(
        "connector.field.map.line", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    transform = fields.Selection("_selection_transform", required=True)
    argument = fields.Char(string="With")
    help_text = fields.Char(string="What It Needs", compute="_compute_help_text")

    @api.model
    def _selection_transform(self):
        return self.env["connector.transform"]._labels()

    @api.depends("transform")
    def _compute_help_text(self):
        by_name = self.env["connector.transform"]._by_name()
        for step in self:
            transform = by_name.get(step.transform)
            step.help_text = transform.help if transform else False

    @api.model
    def _commands(self, transforms):
        """The chain of a ``records.MapLine`` as commands of a line's ``step_ids``."""
        return [
            fields.Command.create(
                {
                    "sequence": number,
                    "transform": name,
                    "argument": argument[0] if argument else False,
                }
            )
            for number, (name, *argument) in enumerate(transforms)
        ]

    def _chain(self):
        """The steps of one line as a list of ``(technical name, argument)``."""
        steps = self.sorted(lambda step: (step.sequence, step._origin.id or 0))
        return [(step.transform, step.argument) for step in steps if step.transform]

    # -- who may change it ----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = self.line_id.browse({vals.get("line_id") for vals in vals_list})
        lines.filtered("id")._check_draft()
        steps = super().create(vals_list)
        steps.line_id._check_draft()
        steps._check_allowed()
        return steps

    def write(self, vals):
        self.line_id._check_draft()
        if "line_id" in vals:
            self.line_id.browse(vals["line_id"])._check_draft()
        content = {"transform", "argument", "line_id"} & vals.keys()
        if content:
            self._check_allowed()
        result = super().write(vals)
        if content:
            self._check_allowed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_of_draft_only(self):
        self.line_id._check_draft()

    def _check_allowed(self):
        """Refuse transforms of a group that the user doesn't belong to.

        What another version of the flow has at the same place may be carried over: who
        was allowed to has written it.
        """
        if self.env.su:
            return
        by_name = self.env["connector.transform"]._by_name()
        for step in self:
            transform = by_name[step.transform]
            if not transform.group or self.env.user.has_group(transform.group):
                continue
            if not step._is_carried_over():
                raise AccessError(
                    self.env._(
                        "Only %(group)ss of connectors may use “%(label)s”.",
                        group=self.env.ref(transform.group).sudo().name,
                        label=transform.label,
                    )
                )

    def _is_carried_over(self):
        line = self.line_id
        return bool(
            self.sudo().search_count(
                [
                    ("id", "!=", self.id),
                    ("transform", "=", self.transform),
                    ("argument", "=", self.argument),
                    ("line_id", "!=", line.id),
                    ("line_id.target", "=", line.target),
                    ("line_id.remote_path", "=", line.remote_path),
                    ("line_id.map_id", "!=", line.map_id.id),
                    ("line_id.map_id.flow_id", "=", line.map_id.flow_id.id),
                ],
                limit=1,
            )
        )

    @api.constrains("transform", "argument", "sequence", "line_id")
    def _check_chain(self):
        for line in self.line_id:
            line._check_chain()
