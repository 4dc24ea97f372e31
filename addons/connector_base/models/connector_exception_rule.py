import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ConnectorExceptionRule(models.Model):
    """Who gets which exceptions, and how long they have: the first match wins."""

    _name = "connector.exception.rule"
    _description = "Connector Exception Rule"
    _order = "sequence, id"

    name = fields.Char(compute="_compute_name")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    domain = fields.Selection(
        lambda self: self.env["connector.exception"]._selection_domain(),
        string="Area",
    )
    error_class = fields.Selection(
        lambda self: self.env["connector.exception"]._selection_error_class(),
        string="Kind",
    )
    company_id = fields.Many2one("res.company")
    connection_id = fields.Many2one("connector.connection", ondelete="cascade")
    flow_id = fields.Many2one(
        "connector.flow",
        domain="[('connection_id', '=?', connection_id)]",
        ondelete="cascade",
    )
    team_id = fields.Many2one("connector.team", ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", string="Assign To", domain=[("share", "=", False)]
    )
    sla_hours = fields.Integer(
        string="Decide Within (hours)", help="0 for as long as the kind usually has."
    )

    @api.depends("team_id", "user_id")
    def _compute_name(self):
        for rule in self:
            parts = (rule.team_id.name, rule.user_id.name)
            rule.name = " · ".join(part for part in parts if part)

    # With a field that has a default, so that a new rule is always looked at.
    @api.constrains("sequence", "team_id", "user_id", "sla_hours")
    def _check_goes_somewhere(self):
        for rule in self:
            if not (rule.team_id or rule.user_id or rule.sla_hours):
                raise ValidationError(
                    self.env._("Choose a team, a person or a time for the rule.")
                )
            if rule.sla_hours < 0:
                raise ValidationError(self.env._("The time can't be negative."))

    @api.constrains("user_id")
    def _check_user_may_decide(self):
        for rule in self.filtered("user_id"):
            if not rule.user_id.has_group("connector_base.group_operator"):
                raise ValidationError(
                    self.env._(
                        "%s may not decide about exceptions: make them an operator of"
                        " the connectors first.",
                        rule.user_id.name,
                    )
                )

    @api.constrains("user_id", "team_id", "company_id", "connection_id", "flow_id")
    def _check_company(self):
        for rule in self:
            flow, connection = rule.flow_id, rule.connection_id
            company = rule.company_id or (flow.connection_id or connection).company_id
            if company and not rule._reaches(company):
                raise ValidationError(
                    self.env._(
                        "%(who)s sees nothing of %(company)s: choose somebody who"
                        " works for it.",
                        who=rule.name,
                        company=company.name,
                    )
                )

    def _reaches(self, company):
        """Whether those whom the rule names are there and work for the company."""
        self.ensure_one()
        team, user = self.team_id, self.user_id
        return (not team or team._serves(company)) and (
            not user or user._connector_sees(company)
        )

    def _matches(self, company, vals):
        """Whether a cause is one of this rule's, and there is who decides about it.

        :param vals: values of a cause that is about to open
        """
        self.ensure_one()
        return self._reaches(company) and all(
            not wanted or wanted == given
            for wanted, given in (
                (self.domain, vals["domain"]),
                (self.error_class, vals["error_class"]),
                (self.company_id, company),
                (self.connection_id.id, vals["connection_id"]),
                (self.flow_id.id, vals["flow_id"]),
            )
        )


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    @api.model
    def _route(self, connection, rows, now):
        """Give causes that are about to open to whom the rules say; one query for all.

        Nobody gets one who couldn't see it: it would wait unseen.

        :param rows: values of the causes, which it changes
        """
        if not rows:
            return
        users = self.env["res.users"]
        rules = (
            self.env["connector.exception.rule"].sudo().search([("active", "=", True)])
        )
        for vals in rows:
            rule = next(
                (r for r in rules if r._matches(connection.company_id, vals)), None
            )
            owner = users.browse(vals.get("user_id") or [])
            if owner and not owner._connector_sees(connection.company_id):
                vals["user_id"] = False
            if rule is None:
                continue
            if rule.team_id or rule.user_id:
                vals.update(team_id=rule.team_id.id, user_id=rule.user_id.id)
            if rule.sla_hours:
                hours = datetime.timedelta(hours=rule.sla_hours)
                vals["sla_deadline"] = now + hours
