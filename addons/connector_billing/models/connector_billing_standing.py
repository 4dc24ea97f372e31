from odoo import api, fields, models
from odoo.tools import SQL

from .connector_subscription import RENEWING

#: What a customer is who has several subscriptions: the first of these that one is in.
STANDINGS = [
    ("past_due", "Past Due"),
    ("active", "Active"),
    ("trial", "In Trial"),
    ("suspended", "Suspended"),
    ("paused", "Paused"),
    ("future", "Not Begun"),
    ("cancelled", "Cancelled"),
]
#: Status of a subscription -> standing, where it is called otherwise.
STANDING_OF = {"expired": "cancelled", "incomplete": "future", "draft": None}
#: What a row says; all else of it is about the row itself.
VALUES = ("state", "mrr", "renewal_at")
READERS = (
    "connector_base.group_viewer,sales_team.group_sale_salesman,"
    "account.group_account_readonly,account.group_account_invoice"
)


class ConnectorBillingStanding(models.Model):
    """What a customer subscribes to with a company, in one row.

    Worked out in the transaction that changes a subscription, for all that it changes
    together; written only where something is another value, because other systems are
    told of each change.
    """

    _name = "connector.billing.standing"
    _description = "Subscriber Standing"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(STANDINGS, readonly=True)
    mrr = fields.Monetary(string="MRR", readonly=True)
    renewal_at = fields.Datetime(string="Next Renewal", readonly=True)

    _partner_company_uniq = models.UniqueIndex(
        "(partner_id, company_id)", "A customer stands in one way with a company."
    )

    @api.model
    def _refresh(self, partners, companies):
        """Write what has changed of how customers stand with companies.

        :param partners: commercial entities
        """
        if not partners or not companies:
            return
        found = self._work_out(partners, companies)
        rows = {
            (row.partner_id.id, row.company_id.id): row
            for row in self.search_fetch(
                [
                    ("partner_id", "in", partners.ids),
                    ("company_id", "in", companies.ids),
                ]
            )
        }
        missing = sorted(found.keys() - rows.keys())
        if missing:
            rows |= self._make(missing)
        nothing = {"state": False, "mrr": 0.0, "renewal_at": False}
        for key, row in rows.items():
            row._write_changed(found.get(key, nothing))

    def _make(self, keys):
        """Rows of customers who had none; another transaction may make the same.

        :return: ``{(partner id, company id): row}``
        """
        made = self.env.execute_query(
            SQL(
                """
                INSERT INTO connector_billing_standing (partner_id, company_id)
                VALUES %s
                ON CONFLICT (partner_id, company_id)
                DO UPDATE SET partner_id = EXCLUDED.partner_id
                RETURNING id, partner_id, company_id
                """,
                SQL(", ").join(SQL("(%s, %s)", *key) for key in keys),
            )
        )
        # Partners whose rows are looked for by other systems see new ones.
        self.invalidate_model()
        self.env["res.partner"].invalidate_model(["billing_standing_ids"])
        return {(partner, company): self.browse(i) for i, partner, company in made}

    def _write_changed(self, vals):
        changed = {
            name: value
            for name, value in vals.items()
            if (
                self.company_id.currency_id.compare_amounts(self.mrr, value)
                if name == "mrr"
                else self[name] != value
            )
        }
        if changed:
            self.write(changed)

    def _work_out(self, partners, companies):
        """``{(partner id, company id): values}`` of all who have subscriptions."""
        subscriptions = self.env["connector.subscription"].sudo()
        groups = subscriptions._read_group(
            [
                ("commercial_partner_id", "in", partners.ids),
                ("company_id", "in", companies.ids),
                ("status", "!=", "draft"),
            ],
            ["commercial_partner_id", "company_id", "status"],
            ["mrr_company:sum", "renewal_at:min"],
        )
        order = [state for state, _label in STANDINGS]
        found = {}
        for partner, company, status, mrr, renewal_at in groups:
            state = STANDING_OF.get(status, status)
            vals = found.setdefault(
                (partner.id, company.id),
                {"state": state, "mrr": 0.0, "renewal_at": False},
            )
            vals["state"] = min(vals["state"], state, key=order.index)
            vals["mrr"] = company.currency_id.round(vals["mrr"] + mrr)
            if status in RENEWING and renewal_at:
                vals["renewal_at"] = min(vals["renewal_at"] or renewal_at, renewal_at)
        return found


class ConnectorSubscription(models.Model):
    _inherit = "connector.subscription"

    #: What may change how the customer stands, when it is written.
    _standing_fields = frozenset(
        {"status", "terms", "currency_id", "partner_id", "renewal_at"}
    )

    def _refresh_standing(self, others=None):
        """:param others: customers who had these subscriptions before"""
        told = self.filtered(lambda s: s.status != "draft")
        partners = told.commercial_partner_id | (others or self.env["res.partner"])
        self.env["connector.billing.standing"].sudo()._refresh(
            partners, self.company_id
        )


class ResPartner(models.Model):
    """What a customer subscribes to with the company that is switched on.

    Not stored here: the row of the company has it. The outbox follows these fields to
    that row.
    """

    _inherit = "res.partner"

    billing_subscription_ids = fields.One2many(
        "connector.subscription", "partner_id", groups=READERS
    )
    billing_subscription_count = fields.Integer(
        compute="_compute_billing_subscription_count", groups=READERS
    )
    billing_standing_ids = fields.One2many(
        "connector.billing.standing", "partner_id", groups=READERS
    )
    billing_standing_currency_id = fields.Many2one(
        "res.currency", compute="_compute_billing_standing", groups=READERS
    )
    billing_state = fields.Selection(
        STANDINGS,
        string="Subscription Status",
        compute="_compute_billing_standing",
        groups=READERS,
    )
    billing_mrr = fields.Monetary(
        string="MRR",
        currency_field="billing_standing_currency_id",
        compute="_compute_billing_standing",
        groups=READERS,
    )
    billing_renewal_at = fields.Datetime(
        string="Next Renewal", compute="_compute_billing_standing", groups=READERS
    )

    @api.depends_context("company")
    @api.depends(*(f"billing_standing_ids.{name}" for name in VALUES))
    def _compute_billing_standing(self):
        company = self.env.company
        rows = self.env["connector.billing.standing"].sudo()
        known = {
            row.partner_id.id: row
            for row in rows.search(
                [("partner_id", "in", self.ids), ("company_id", "=", company.id)]
            )
        }
        for partner in self:
            row = known.get(partner._origin.id, rows)
            partner.billing_standing_currency_id = company.currency_id
            for name in VALUES:
                partner[f"billing_{name}"] = row[name]

    def _compute_billing_subscription_count(self):
        """Counts those of the people and branches of a company, too."""
        counts = dict(
            self.env["connector.subscription"]._read_group(
                [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            own = counts.get(partner.commercial_partner_id, 0)
            partner.billing_subscription_count = own

    def action_open_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_billing.connector_subscription_action"
        )
        action["domain"] = [
            ("commercial_partner_id", "=", self.commercial_partner_id.id)
        ]
        action["context"] = {"create": False}
        return action
