import ast
import re

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import escape_psql

from .connector_ticket import KINDS, PRIORITIES
from .connector_ticket_comment import COMMENT_STATUSES

#: What happens to a ticket, and what to a customer, that sets a rule off.
TICKET_TRIGGERS = [
    ("created", "A ticket comes in"),
    ("updated", "A ticket comes in or changes"),
    ("solved", "A ticket is solved"),
]
CUSTOMER_TRIGGERS = [
    ("entitlement_changed", "An entitlement of the customer changes"),
    ("suspended", "The customer is suspended"),
    ("lifted", "A suspension is lifted"),
    ("renewed", "The renewal date of the customer changes"),
]
#: What a rule opens in Odoo; an addon adds one, and ``_open_<action>`` to the work.
ACTIONS = [
    ("none", "Nothing, only a comment"),
    ("activity", "An activity"),
    ("credit", "A credit request for finance"),
    ("return", "A return request"),
]
#: What a condition raises that can't be asked.
NO_CONDITION = (psycopg2.Error, ValueError, KeyError, TypeError, SyntaxError)
#: What texts of comments may name.
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = (
    *("number", "subject", "customer", "company"),
    *("work", "responsible", "outcome", "link", "change"),
)
TAG_SEPARATOR = ","


class ConnectorSupportRule(models.Model):
    """What a ticket, or a change of its customer, sets off: work, comments, a status.

    Each ticket sets a rule off once. Those that came in before the rule does are left
    alone, so that a first load opens nothing.
    """

    _name = "connector.support.rule"
    _description = "Support Rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    connection_ids = fields.Many2many(
        "connector.connection",
        string="Desks",
        check_company=True,
        domain="[('support_policy_ids', '!=', False), ('company_id', '=', company_id)]",
        help="Empty: all desks of the company.",
    )
    trigger = fields.Selection(
        [*TICKET_TRIGGERS, *CUSTOMER_TRIGGERS],
        string="When",
        required=True,
        default="created",
        tracking=True,
    )
    is_of_customer = fields.Boolean(compute="_compute_is_of_customer")
    since = fields.Datetime(
        string="From",
        required=True,
        default=fields.Datetime.now,
        help="What came in, changed or was solved before at the desk is left alone.",
    )
    # Which tickets.
    tags_any = fields.Char(
        string="Any of the Tags", help="As the desk spells them, with commas between."
    )
    tags_all = fields.Char(
        string="All of the Tags", help="As the desk spells them, with commas between."
    )
    kind = fields.Selection(KINDS, string="Type")
    priority = fields.Selection(PRIORITIES)
    group_name = fields.Char(string="Group", help="As the desk calls it.")
    brand = fields.Char(help="As the desk calls it.")
    form = fields.Char(help="As the desk calls it.")
    service_level_ids = fields.Many2many(
        "connector.service.level",
        string="Service Levels",
        check_company=True,
        help="Which the customer had when the ticket came in. Empty: any or none.",
    )
    domain = fields.Char(
        string="And Further",
        default="[]",
        tracking=True,
        help="Any other condition, as a custom field.",
    )
    # What is opened.
    action = fields.Selection(
        ACTIONS, string="Open", required=True, default="activity", tracking=True
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        domain="[('res_model', '=', False)]",
        help="Empty: a to-do.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    summary = fields.Char(help="May name {number}, {subject} and {customer}.")
    days = fields.Integer(string="Due in Days", default=2)
    # What the desk is told.
    comment_open = fields.Text(
        string="Comment",
        help="Written when it begins; empty for none.",
    )
    comment_done = fields.Text(string="Comment on the Outcome", help="Empty for none.")
    comment_cancelled = fields.Text(
        string="Comment Where It Is Called Off", help="Empty for none."
    )
    is_internal = fields.Boolean(
        string="Internal Comments",
        default=True,
        help="Seen by agents only; otherwise the desk sends them to the requester.",
    )
    status_open = fields.Selection(COMMENT_STATUSES, string="Set Status")
    status_done = fields.Selection(COMMENT_STATUSES, string="Set Status on the Outcome")
    work_ids = fields.One2many("connector.support.work", "rule_id")
    work_count = fields.Integer(compute="_compute_work_count")

    @api.depends("trigger")
    def _compute_is_of_customer(self):
        names = {name for name, _label in CUSTOMER_TRIGGERS}
        for rule in self:
            rule.is_of_customer = rule.trigger in names

    def _compute_work_count(self):
        counts = dict(
            self.env["connector.support.work"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.work_count = counts.get(rule, 0)

    @api.constrains("domain")
    def _check_domain(self):
        tickets = self.env["connector.ticket"].sudo()
        for rule in self:
            try:
                with self.env.cr.savepoint():
                    rule._conditions().validate(tickets)
                    # The database has the last word, as on numbers in texts.
                    tickets.search(rule._conditions(), limit=1)
            except NO_CONDITION as error:
                raise ValidationError(
                    self.env._("“%s” is no condition on tickets.", rule.domain)
                ) from error

    @api.constrains("comment_open", "comment_done", "comment_cancelled", "summary")
    def _check_texts(self):
        for rule in self:
            for text in rule._texts():
                unknown = set(PLACEHOLDER.findall(text or "")) - set(PLACEHOLDERS)
                if unknown:
                    raise ValidationError(
                        self.env._(
                            "Texts can't name {%(unknown)s}. They may name: %(known)s",
                            unknown=sorted(unknown)[0],
                            known=", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
                        )
                    )

    @api.constrains("action", "user_id", "trigger", "comment_open")
    def _check_complete(self):
        for rule in self:
            if rule.is_of_customer and rule.action != "none":
                raise ValidationError(
                    self.env._(
                        "What happens to a customer is told by a comment; it opens no"
                        " work for each ticket."
                    )
                )
            if rule.action in ("activity", "credit", "return") and not rule.user_id:
                raise ValidationError(
                    self.env._("Say who is responsible for what “%s” opens.", rule.name)
                )
            if rule.action == "none" and not rule.comment_open:
                raise ValidationError(
                    self.env._("“%s” does nothing: give it a comment.", rule.name)
                )

    @api.constrains("status_open", "status_done", "comment_open", "comment_done")
    def _check_status(self):
        for rule in self:
            if (rule.status_open and not rule.comment_open) or (
                rule.status_done and not rule.comment_done
            ):
                raise ValidationError(
                    self.env._("A status goes with a comment: write one, too.")
                )

    def _texts(self):
        return (
            *(self.comment_open, self.comment_done, self.comment_cancelled),
            self.summary,
        )

    # -- which tickets --------------------------------------------------------

    def _conditions(self):
        """Which tickets are meant, whenever; as a ``Domain`` on tickets."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        if self.connection_ids:
            domain &= Domain("connection_id", "in", self.connection_ids.ids)
        for name in ("kind", "priority"):
            if self[name]:
                domain &= Domain(name, "=", self[name])
        for name, field in (
            ("group_name", "group"),
            ("brand", "brand"),
            ("form", "form"),
        ):
            if self[name]:
                domain &= Domain(field, "=ilike", escape_psql(self[name].strip()))
        if self.service_level_ids:
            domain &= Domain("service_level_id", "in", self.service_level_ids.ids)
        if self.tags_any:
            domain &= Domain.OR(self._tagged(tag) for tag in self._tags(self.tags_any))
        for tag in self._tags(self.tags_all):
            domain &= self._tagged(tag)
        return domain & Domain(ast.literal_eval(self.domain or "[]"))

    def _tags(self, text):
        return [tag.strip() for tag in (text or "").split(TAG_SEPARATOR) if tag.strip()]

    def _tagged(self, tag):
        """Tickets with a tag; theirs stand in one text, with commas between."""
        tag = escape_psql(tag)
        return Domain.OR(
            Domain("tags", "=ilike", pattern)
            for pattern in (tag, f"{tag}, %", f"%, {tag}", f"%, {tag}, %")
        )

    def action_open_work(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_support.connector_support_work_action"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        action["context"] = {}
        return action
