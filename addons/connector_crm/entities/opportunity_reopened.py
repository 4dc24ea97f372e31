from odoo import models


class ConnectorEntityOpportunity(models.AbstractModel):
    """A deal that is lost after it was won leaves its won stage: Odoo wants that."""

    _inherit = "connector.entity.opportunity"

    def _write_records(self, record_ids, vals):
        if vals.get("active") is False and "stage_id" not in vals:
            leads = self.env["crm.lead"].browse(record_ids)
            won = leads.filtered("stage_id.is_won")
            for team, of_team in won.grouped("team_id").items():
                stage = self._last_open_stage(team)
                if stage:
                    more = {**vals, "stage_id": stage.id}
                    super()._write_records(of_team.ids, more)
                    record_ids = (leads - of_team).ids
                    leads -= of_team
        if record_ids:
            super()._write_records(record_ids, vals)

    def _last_open_stage(self, team):
        """The stage that a deal of the team was in right before it was won."""
        return self.env["crm.stage"].search(
            [("is_won", "=", False), ("team_ids", "in", [False, *team.ids])],
            order="sequence desc, id desc",
            limit=1,
        )
