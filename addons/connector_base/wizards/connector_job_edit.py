import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.connector_dead_letter import readable


class ConnectorJobEdit(models.TransientModel):
    """Correct the payload of a dead letter; what it was is kept with the job."""

    _name = "connector.job.edit"
    _description = "Correct a Payload"

    job_id = fields.Many2one("connector.job", required=True, ondelete="cascade")
    payload = fields.Text(required=True)
    original = fields.Text(compute="_compute_original")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        job = self.env["connector.job"].browse(self.env.context.get("active_id"))
        if job.exists():
            values |= {"job_id": job.id, "payload": readable(job.kwargs)}
        return values

    @api.depends("job_id")
    def _compute_original(self):
        for wizard in self:
            job = wizard.job_id
            wizard.original = readable(job.original_kwargs or job.kwargs)

    def action_apply(self):
        """Keep the corrected payload; it is used when the job is replayed.

        :raises UserError: where it is no JSON object with the keys that it had, or the
            job is no dead letter any more
        """
        self.ensure_one()
        self.job_id.check_access("write")
        job = self.job_id.sudo()
        if job.state not in ("dead", "cancelled"):
            raise UserError(
                self.env._("%s is no dead letter any more.", job.display_name)
            )
        kwargs = self._parsed(job)
        if kwargs != job.kwargs:
            job.write(
                {
                    "kwargs": kwargs,
                    "original_kwargs": job.original_kwargs or job.kwargs,
                    "edited_by_id": self.env.uid,
                    "edited_at": fields.Datetime.now(),
                }
            )
        return {"type": "ir.actions.act_window_close"}

    def _parsed(self, job):
        try:
            kwargs = json.loads(self.payload)
        except ValueError as error:
            raise UserError(self.env._("The payload is no JSON: %s.", error)) from error
        known = job.kwargs or {}
        if not isinstance(kwargs, dict) or kwargs.keys() != known.keys():
            raise UserError(
                self.env._(
                    "The payload must stay an object with these keys: %s.",
                    ", ".join(sorted(known)) or self.env._("none"),
                )
            )
        for key, value in kwargs.items():
            if type(value) is not type(known[key]):
                raise UserError(
                    self.env._("The value of “%s” must stay of its type.", key)
                )
        return kwargs
