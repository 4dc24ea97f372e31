from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import retry
from ..engine.errors import ERROR_CLASSES

#: Not a matter of tries: the vendor names the time, or an administrator must act.
NOT_OVERRIDABLE = ("rate_limited", "authentication")
MOST_TRIES = 100
LONGEST_BACKOFF = 86400


class ConnectorRetryPolicy(models.Model):
    """What a flow does after errors of one class, where it differs from the default."""

    _name = "connector.retry.policy"
    _description = "Connector Retry Policy"
    _inherit = ["connector.guard"]
    _order = "flow_id, error_class"
    _rec_name = "error_class"

    flow_id = fields.Many2one(
        "connector.flow", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="flow_id.company_id", store=True)
    error_class = fields.Selection(
        "_selection_error_class", string="Kind of Error", required=True
    )
    tries = fields.Integer(
        required=True,
        default=5,
        help="Tries in all; with 0 or 1 the first failure makes a dead letter.",
    )
    base = fields.Float(
        string="First Pause (seconds)",
        required=True,
        default=10,
        digits=(10, 1),
        help="Longest pause before the second try, doubled with each try.",
    )
    cap = fields.Float(
        string="Longest Pause (seconds)", required=True, default=1800, digits=(10, 1)
    )

    _class_uniq = models.Constraint(
        "UNIQUE(flow_id, error_class)", "A flow has one rule for each kind of error."
    )

    @api.model
    def _selection_error_class(self):
        return [
            (value, label)
            for value, label in self.env["connector.exception"]._selection_error_class()
            if value not in NOT_OVERRIDABLE
        ]

    @api.constrains("error_class")
    def _check_error_class(self):
        # Odoo doesn't hold values against a selection that a method gives.
        possible = dict(self._selection_error_class())
        if any(policy.error_class not in possible for policy in self):
            raise ValidationError(
                self.env._("Another number of tries makes no sense for this error.")
            )

    @api.constrains("tries", "base", "cap")
    def _check_numbers(self):
        for policy in self:
            if not 0 <= policy.tries <= MOST_TRIES:
                raise ValidationError(
                    self.env._("There are between 0 and %s tries.", MOST_TRIES)
                )
            if not 1 <= policy.base <= policy.cap <= LONGEST_BACKOFF:
                raise ValidationError(
                    self.env._(
                        "The first pause is a second at least, the longest one not"
                        " shorter than it and a day at most."
                    )
                )

    def _policy(self):
        """As the engine reads it."""
        self.ensure_one()
        return retry.Policy(tries=self.tries, base=self.base, cap=self.cap)


class ConnectorFlow(models.Model):
    _inherit = "connector.flow"

    retry_policy_ids = fields.One2many("connector.retry.policy", "flow_id")
    retry_table = fields.Html(
        string="What Applies", compute="_compute_retry_table", sanitize=False
    )

    def _retry_policy(self, error_class):
        """The policy for an error class: that of the flow, or the default.

        :return: ``engine.retry.Policy``; of no flow, the default
        """
        own = self.retry_policy_ids.filtered(lambda p: p.error_class == error_class)
        if own and error_class not in NOT_OVERRIDABLE:
            return own._policy()
        return retry.policy_for(error_class)

    @api.depends_context("lang")
    @api.depends(
        "retry_policy_ids.error_class",
        "retry_policy_ids.tries",
        "retry_policy_ids.base",
        "retry_policy_ids.cap",
    )
    def _compute_retry_table(self):
        labels = dict(self.env["connector.exception"]._selection_error_class())
        head = Markup("<tr><th>%s</th><th>%s</th><th>%s</th></tr>") % (
            self.env._("Kind of Error"),
            self.env._("What Happens"),
            self.env._("Rule"),
        )
        for flow in self:
            own = set(flow.retry_policy_ids.mapped("error_class"))
            rows = Markup("").join(
                Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>")
                % (
                    labels[error_class],
                    flow._policy_text(error_class, flow._retry_policy(error_class)),
                    self.env._("This flow")
                    if error_class in own
                    else self.env._("Default"),
                )
                for error_class in ERROR_CLASSES
            )
            flow.retry_table = Markup('<table class="table table-sm">%s%s</table>') % (
                head,
                rows,
            )

    def _policy_text(self, error_class, policy):
        """What a policy means, in a few words."""
        if policy.pauses:
            return self.env._("The connection stops until an administrator has looked.")
        if error_class == "rate_limited":
            return self.env._("All jobs wait until the time that the system names.")
        if not policy.may_retry(1):
            return self.env._("Not tried again: a person decides.")
        return self.env._(
            "Tried %(tries)s times in all, %(base)g to %(cap)g seconds apart.",
            tries=policy.tries,
            base=policy.base,
            cap=policy.cap,
        )
