from odoo import api, fields, models


class ConnectorAgreement(models.Model):
    """What was agreed when."""

    _inherit = "connector.agreement"

    def _agreed_on(self, day):
        """The version that holds on a day, or an empty recordset before the first."""
        self.ensure_one()
        begun = self.version_ids.filtered(lambda v: v.effective_date <= day)
        return begun.sorted(lambda v: (v.effective_date, v.id))[-1:]


class ConnectorAgreementVersion(models.Model):
    _inherit = "connector.agreement.version"

    valid_until = fields.Date(
        compute="_compute_valid_until",
        help="The day before the next version takes effect.",
    )
    is_current = fields.Boolean(compute="_compute_valid_until")

    _lead_uniq = models.UniqueIndex(
        "(agreement_id, lead_id) WHERE lead_id IS NOT NULL AND decided_by_id IS NULL",
        "A deal makes one version of a contract; more of it are a person's decision.",
    )

    @api.depends("agreement_id.version_ids.effective_date", "effective_date")
    @api.depends_context("tz")
    def _compute_valid_until(self):
        today = fields.Date.context_today(self)
        for agreement, versions in self.grouped("agreement_id").items():
            ordered = agreement.version_ids.sorted(
                lambda v: (v.effective_date or today, v._origin.id)
            )
            current = agreement._agreed_on(today)
            after = dict(zip(ordered, ordered[1:], strict=False))
            for version in versions:
                following = after.get(version)
                version.is_current = version == current
                version.valid_until = (
                    fields.Date.subtract(following.effective_date, days=1)
                    if following
                    else False
                )
