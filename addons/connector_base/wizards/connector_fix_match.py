from odoo import api, fields, models
from odoo.exceptions import UserError

#: Percent from which on a candidate is linked without a look at each.
LIKELY = 80


class ConnectorFix(models.TransientModel):
    """Say which Odoo records held ones are: one by one, or all of a cause at once."""

    _inherit = "connector.fix"

    match_action = fields.Selection(
        [
            ("link", "In Odoo Already: Link"),
            ("create", "New: Create"),
        ],
        string="They Are",
        required=True,
        default="link",
    )
    match_model = fields.Char(compute="_compute_match_model")
    match_res_id = fields.Many2oneReference(
        string="This Record",
        model_field="match_model",
        compute="_compute_match_res_id",
        store=True,
        readonly=False,
    )
    min_score = fields.Integer(string="If at Least Likely (%)", default=LIKELY)
    likely_text = fields.Char(compute="_compute_likely_text")

    @api.depends("exception_id", "item_ids", "scope", "min_score")
    def _compute_likely_text(self):
        """How many are likely enough, as the percentage is typed."""
        for fix in self:
            fix.likely_text = False
            if fix.exception_id.is_match and fix.record_count > 1:
                scores = fix._scores()
                fix.likely_text = self.env._(
                    "At most %(likely)s of %(all)s records; the likeliest has"
                    " %(best)s %%.",
                    likely=sum(score >= fix.min_score for score in scores),
                    all=len(scores),
                    best=max(scores, default=0),
                )

    def _scores(self):
        """How likely the likeliest candidate of each record is, in percent."""
        items = self._items()
        items.fetch(["best_score"])
        return items.mapped("best_score")

    @api.depends("exception_id", "item_ids")
    def _compute_match_model(self):
        for fix in self:
            is_match = fix.exception_id.is_match
            fix.match_model = is_match and fix._flow().sudo().res_model

    @api.depends("exception_id", "item_ids", "scope")
    def _compute_match_res_id(self):
        for fix in self:
            one = fix.exception_id.is_match and fix.record_count == 1
            item = fix._items(limit=1) if one else fix.item_ids.browse()
            fix.match_res_id = item.candidate_ids[:1].res_id

    def _explain_choose_record(self):
        if self.record_count == 1:
            return self.env._(
                "Links the record with one in Odoo, or creates a new one."
            )
        return self.env._(
            "Links each with its likeliest candidate, or creates new records. What is"
            " less likely stays for you to look at under Review Matches."
        )

    def _check_choose_record(self):
        items = self._items()
        if self.match_action == "create":
            items._check_may_create()
        elif len(items) == 1:
            if not self.match_res_id:
                raise UserError(self.env._("Choose a record first."))
            record = self.env[self.match_model].browse(self.match_res_id)
            record.check_access("read")
            items._check_choice(record)
        elif not items._best_choices(self.min_score):
            raise UserError(
                self.env._(
                    "None has one candidate that is likely enough: choose for each, or"
                    " ask for less."
                )
            )

    def _match_choices(self):
        """``{item: Odoo id, or None for a new record}`` of those that are decided."""
        items = self._items()
        if self.match_action == "create":
            return dict.fromkeys(items)
        if len(items) == 1:
            return {items: self.match_res_id}
        return items._best_choices(self.min_score)

    def _decide_choose_record(self):
        choices = self._match_choices()
        self._items().browse([item.id for item in choices])._note_choices(choices)

    def _go_on_choose_record(self):
        decided = self._items().browse([item.id for item in self._match_choices()])
        left = self.record_count - len(decided)
        decided.sudo()._retry()
        return decided._said_of_matches(len(decided), left)
