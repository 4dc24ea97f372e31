import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, mute_logger

from ..entities.entity_match import Rule
from .partner_sql import NAME_PLAIN, TRIGRAM_INDEX

_logger = logging.getLogger(__name__)

#: What people may change of a rule.
CHOICES = ("sequence", "active", "certain", "threshold")


class ConnectorMatchRule(models.Model):
    """One way in which a flow's new records find those that Odoo has already.

    The entity declares the ways; a flow has a rule for each, whose order and strictness
    people choose. In order: a record that the first rules agree on is the one.
    """

    _name = "connector.match.rule"
    _description = "Connector Match Rule"
    _inherit = ["connector.guard"]
    _order = "flow_id, sequence, id"

    flow_id = fields.Many2one(
        "connector.flow", required=True, readonly=True, ondelete="cascade", index=True
    )
    connection_id = fields.Many2one(related="flow_id.connection_id", store=True)
    company_id = fields.Many2one(related="flow_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    method = fields.Char(required=True, readonly=True)
    name = fields.Char(string="Same or Alike", compute="_compute_name")
    active = fields.Boolean(string="Used", default=True)
    certain = fields.Selection(
        [("link", "Links by Itself"), ("ask", "Asks")],
        string="One Match",
        required=True,
        default="ask",
        help="Whether a single match that nothing speaks against is linked, or held for"
        " a person to look at.",
    )
    threshold = fields.Integer(
        string="Names Alike (%)",
        help="How much alike the names must be at least. Of a rule that compares names,"
        " for a match at all; of another one, for linking by itself: below that it"
        " asks. 0: names don't matter.",
        aggregator=None,
    )
    exact = fields.Boolean(compute="_compute_name")
    hint = fields.Char(string="Note", compute="_compute_hint")

    _method_uniq = models.Constraint(
        "UNIQUE(flow_id, method)", "A flow has each match rule once."
    )

    @api.depends("method", "flow_id.entity")
    def _compute_name(self):
        for rule in self:
            method = rule._methods_of(rule.flow_id).get(rule.method)
            rule.name = method.label[:1].upper() + method.label[1:] if method else ""
            rule.exact = bool(method and method.exact)

    @api.depends("method", "active")
    def _compute_hint(self):
        idle = None
        for rule in self:
            rule.hint = False
            if rule.method == "fuzzy_name":
                if idle is None:
                    idle = not self._has_trigrams()
                rule.hint = (
                    self.env._(
                        "Not used: the database lacks the extension pg_trgm. Its"
                        " administrator can create it: CREATE EXTENSION pg_trgm."
                    )
                    if idle and rule.active
                    else self.env._(
                        "Costs time with each new record; within one country only."
                    )
                )
            elif rule.method == "phone":
                known = "phone_sanitized" in self.env["res.partner"]._fields
                rule.hint = not known and self.env._(
                    "Not used: install Phone Numbers Validation."
                )

    @api.constrains("threshold")
    def _check_threshold(self):
        if any(not 0 <= rule.threshold <= 100 for rule in self):
            raise ValidationError(self.env._("Names are alike by 0 to 100 %."))

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._prepare()
        return rules

    def write(self, vals):
        before = {rule: {name: rule[name] for name in CHOICES} for rule in self}
        result = super().write(vals)
        if vals.get("active"):
            self._prepare()
        for rule, old in before.items():
            rule._tell(old)
        return result

    def _tell(self, old):
        """Note in the flow's chatter what was changed of a rule."""
        labels = {
            name: self._fields[name]._description_string(self.env) for name in old
        }
        changed = [
            f"{labels[name]}: {value} → {self[name]}"
            for name, value in old.items()
            if self[name] != value
        ]
        if changed:
            self.flow_id.sudo().message_post(
                body=self.env._(
                    "Match rule “%(rule)s”: %(changes)s",
                    rule=self.name,
                    changes="; ".join(changed),
                )
            )

    # -- rules of a flow ------------------------------------------------------

    @api.model
    def _methods_of(self, flow):
        """``{name: matching.Method}`` of a flow's entity, in its order."""
        if self.env["connector.entity"]._named(flow.entity) is None:
            return {}
        return {method.name: method for method in flow._entity_model()._match_methods()}

    @api.model
    def _ensure_rules(self, flows):
        """Make the rules that flows don't have yet, as their entities propose them."""
        existing = self.sudo().with_context(active_test=False)
        known = {
            (rule.flow_id.id, rule.method)
            for rule in existing.search([("flow_id", "in", flows.ids)])
        }
        self.sudo().create(
            [
                {
                    "flow_id": flow.id,
                    "method": method.name,
                    "sequence": 10 * (number + 1),
                    "active": method.active,
                    "certain": "link" if method.certain else "ask",
                    "threshold": method.threshold,
                }
                for flow in flows
                for number, method in enumerate(self._methods_of(flow).values())
                if (flow.id, method.name) not in known
            ]
        )

    @api.model
    def _rules_of(self, flow, entity):
        """The active rules of a flow, in order.

        What has no row yet, as the methods of an addon that came later, is taken as its
        entity declares it.

        :return: list of ``entity_match.Rule``
        """
        methods = {method.name: method for method in entity._match_methods()}
        rows = self.with_context(active_test=False).search([("flow_id", "=", flow.id)])
        rules = [
            Rule(methods[row.method], row.certain == "link", row.threshold)
            for row in rows
            if row.active and row.method in methods
        ]
        known = set(rows.mapped("method"))
        rules += [
            Rule(method, method.certain, method.threshold)
            for method in methods.values()
            if method.active and method.name not in known
        ]
        # Likeness comes last, for what nothing else finds.
        return sorted(rules, key=lambda rule: not rule.method.exact)

    # -- trigrams -------------------------------------------------------------

    @api.model
    def _has_trigrams(self):
        """Whether PostgreSQL can compare names by trigrams."""
        return bool(
            self.env.execute_query(
                SQL("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            )
        )

    def _prepare(self):
        """Make what active rules need in the database, as far as we may."""
        if not self.filtered(lambda r: r.active and r.method == "fuzzy_name"):
            return
        if not self._has_trigrams() and not self._create_trigrams():
            return
        self.env.cr.execute(
            SQL(
                "CREATE INDEX IF NOT EXISTS %s ON res_partner"
                # A list of what is to be sorted in later is searched from end to end.
                " USING gin ((%s) gin_trgm_ops) WITH (fastupdate = off)",
                SQL.identifier(TRIGRAM_INDEX),
                SQL(NAME_PLAIN),  # pylint: disable=sql-injection
            )
        )

    @api.model
    def _create_trigrams(self):
        """Create the extension; :return: whether it is there now"""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except psycopg2.Error as error:
            _logger.info("The extension pg_trgm can't be created: %s", error)
            return False
        return True


class ConnectorFlow(models.Model):
    _inherit = "connector.flow"

    match_rule_ids = fields.One2many(
        "connector.match.rule",
        "flow_id",
        string="Match Rules",
        context={"active_test": False},
    )

    @api.model_create_multi
    def create(self, vals_list):
        flows = super().create(vals_list)
        self.env["connector.match.rule"]._ensure_rules(flows)
        return flows
