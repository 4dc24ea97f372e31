import datetime

from odoo import api, fields, models

from ..engine import recurring
from .connector_billing_price import INTERVALS

STATUSES = [
    ("draft", "To Be Started"),
    ("incomplete", "First Payment Pending"),
    ("future", "Not Begun"),
    ("trial", "In Trial"),
    ("active", "Active"),
    ("past_due", "Past Due"),
    ("paused", "Paused"),
    ("suspended", "Suspended"),
    ("cancelled", "Cancelled"),
    ("expired", "Expired"),
]
COLLECTIONS = [("automatic", "Automatically"), ("invoice", "By Invoice")]
#: Statuses of subscriptions that will be billed again.
RENEWING = ("trial", "active", "past_due")


class ConnectorSubscription(models.Model):
    """A subscription as its billing system has it; Odoo shows it and asks for changes.

    What was agreed stands in ``terms``, in the shapes of ``engine/shapes.py``, and is
    laid out in items for people and reports. Each change makes a version.
    """

    _name = "connector.subscription"
    _description = "Subscription"
    _inherit = ["mail.thread", "mail.activity.mixin", "connector.bound.mixin"]
    _order = "id desc"
    _rec_name = "number"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "connector.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    number = fields.Char(readonly=True, copy=False)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        store=True,
        index=True,
        string="Company or Person",
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        string="Order",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    order_key = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Our own name of the order, which the billing system keeps.",
    )
    status = fields.Selection(
        STATUSES, required=True, default="draft", index=True, tracking=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    collection = fields.Selection(
        COLLECTIONS, string="Collected", default="automatic", required=True
    )
    started_at = fields.Datetime(string="Started", readonly=True)
    period_start = fields.Datetime(string="Period From", readonly=True)
    period_end = fields.Datetime(string="Period To", readonly=True)
    trial_start = fields.Datetime(readonly=True)
    trial_end = fields.Datetime(string="Trial Ends", readonly=True, tracking=True)
    cancel_at = fields.Datetime(
        string="Ends On",
        readonly=True,
        tracking=True,
        help="Cancelled, and goes on until then.",
    )
    cancelled_at = fields.Datetime(string="Cancelled", readonly=True)
    ended_at = fields.Datetime(string="Ended", readonly=True)
    paused_at = fields.Datetime(string="Paused Since", readonly=True, tracking=True)
    resumes_at = fields.Datetime(string="Goes On", readonly=True)
    renewal_at = fields.Datetime(string="Renewal", readonly=True, index=True)
    cancel_reason = fields.Char(string="Reason", readonly=True)
    event = fields.Char(
        string="Last Event",
        readonly=True,
        copy=False,
        help="What the billing system says changed it last.",
    )
    remote_changed_at = fields.Datetime(
        string="Changed There", readonly=True, copy=False
    )
    terms = fields.Json(readonly=True, copy=False)
    item_ids = fields.One2many(
        "connector.subscription.item", "subscription_id", string="Items"
    )
    discount_text = fields.Text(string="Discounts", compute="_compute_term_texts")
    phase_text = fields.Text(string="Upcoming", compute="_compute_term_texts")
    invoice_ids = fields.Many2many(
        "account.move", "account_move_connector_subscription_rel", readonly=True
    )
    invoice_count = fields.Integer(compute="_compute_invoice_count")

    # -- what it is worth -----------------------------------------------------

    mrr = fields.Monetary(
        string="MRR",
        compute="_compute_worth",
        store=True,
        tracking=True,
        help="What it bills in one month, without taxes and usage. Nothing while it is"
        " in a trial, paused, suspended or over.",
    )
    arr = fields.Monetary(string="ARR", compute="_compute_worth", store=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    mrr_company = fields.Monetary(
        string="MRR in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_worth",
        store=True,
    )
    arr_company = fields.Monetary(
        string="ARR in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_worth",
        store=True,
    )
    worth_rate = fields.Float(
        string="Rate",
        digits=0,
        compute="_compute_worth",
        store=True,
        aggregator=None,
        help="Company currency for one of the subscription's, on the day below; nothing"
        " where Odoo has no rate.",
    )
    worth_date = fields.Date(
        string="Rate Of",
        compute="_compute_worth",
        store=True,
        help="When it was worked out last: when its terms or status changed.",
    )
    worth_due_at = fields.Datetime(compute="_compute_worth", store=True, index=True)

    @api.depends("terms", "status", "currency_id", "company_id")
    def _compute_worth(self):
        now = fields.Datetime.now().replace(tzinfo=datetime.UTC)
        today = now.date()
        rates = {}
        for subscription in self:
            currency = subscription.currency_id
            company = subscription.company_id
            key = (currency, company)
            if key not in rates:
                rates[key] = self._worth_rate(currency, company, today)
            items, discounts = subscription._items(), subscription._discounts()
            mrr = recurring.mrr(subscription.status, items, discounts, now)
            rate = rates[key]
            places = currency.decimal_places
            subscription.mrr = float(recurring.rounded(mrr, places))
            subscription.arr = float(recurring.rounded(12 * mrr, places))
            places = company.currency_id.decimal_places
            worth = mrr * recurring.number(rate)
            subscription.mrr_company = float(recurring.rounded(worth, places))
            subscription.arr_company = float(recurring.rounded(12 * worth, places))
            subscription.worth_rate = rate
            subscription.worth_date = today
            due = recurring.next_change(discounts, now)
            subscription.worth_due_at = due and due.replace(tzinfo=None)

    def _worth_rate(self, currency, company, date):
        """The rate into the company's currency; 0 where there is none: never 1."""
        own = company.currency_id
        if currency == own:
            return 1.0
        entity = self.env["connector.entity"]
        for one in (currency, own):
            if one != own and not entity._has_rate(one, company):
                return 0.0
        return self.env["res.currency"]._get_conversion_rate(
            currency, own, company, date
        )

    @api.model
    def _cron_worth(self):
        """Work out anew what those are worth whose discounts begin or end."""
        due = self.search([("worth_due_at", "<=", fields.Datetime.now())])
        for name in ("mrr", "arr", "mrr_company", "arr_company", "worth_due_at"):
            self.env.add_to_compute(self._fields[name], due)
        items = due.item_ids
        self.env.add_to_compute(items._fields["mrr"], items)
        self.env.flush_all()

    # -- terms ----------------------------------------------------------------

    def _items(self):
        """:return: list of ``shapes.Item``, with ``product_id`` and ``price_id``"""
        return (self.terms or {}).get("items") or []

    def _discounts(self):
        return (self.terms or {}).get("discounts") or []

    def _phases(self):
        return (self.terms or {}).get("phases") or []

    @api.depends("terms", "currency_id")
    def _compute_term_texts(self):
        intervals = dict(INTERVALS)
        for one in self:
            discounts = [one._discount_in_words(d) for d in one._discounts()]
            one.discount_text = "\n".join(discounts) or False
            now = fields.Datetime.now().replace(tzinfo=datetime.UTC)
            lines = []
            for phase in one._phases():
                if recurring.moment(phase["starts_at"]) <= now:
                    continue
                items = ", ".join(
                    one._item_in_words(item, intervals) for item in phase["items"]
                )
                day = recurring.moment(phase["starts_at"]).date()
                lines.append(
                    self.env._(
                        "From %(date)s: %(items)s",
                        date=fields.Date.to_string(day),
                        items=items,
                    )
                )
            one.phase_text = "\n".join(lines) or False

    def _discount_in_words(self, discount):
        _ = self.env._
        what = discount.get("label") or discount.get("coupon") or _("Discount")
        if discount.get("percent"):
            text = _("%(what)s: %(percent)s %%", what=what, percent=discount["percent"])
        else:
            text = _(
                "%(what)s: %(amount)s %(currency)s",
                what=what,
                amount=discount.get("amount") or "0",
                currency=self.currency_id.name,
            )
        end = recurring.moment(discount.get("ends_at"))
        return _("%(text)s until %(date)s", text=text, date=end.date()) if end else text

    def _item_in_words(self, item, intervals):
        _ = self.env._
        name = item.get("description") or item.get("price") or item.get("product") or ""
        if item.get("metered"):
            return _("%s by usage", name)
        text = _("%(quantity)s × %(name)s", quantity=item["quantity"], name=name)
        if item.get("unit_amount") is None:
            return text
        every = intervals.get(item.get("interval"), "")
        return f"{text}, {item['unit_amount']} {self.currency_id.name} / {every}"

    @api.depends("number", "partner_id", "order_key")
    def _compute_display_name(self):
        for one in self:
            name = one.number or one.order_key or self.env._("Subscription")
            one.display_name = f"{name}, {one.partner_id.name or ''}"

    def _compute_invoice_count(self):
        self.invoice_count = 0
        for one in self:
            one.invoice_count = len(one.invoice_ids)

    # -- create and write -----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._lay_out_items()
        records._make_versions()
        return records

    def write(self, vals):
        result = super().write(vals)
        if "terms" in vals:
            self._lay_out_items()
        if not self._version_fields.isdisjoint(vals):
            self._make_versions()
        return result

    def _lay_out_items(self):
        """Make items of the terms: each keeps its row as long as it lives."""
        items = self.env["connector.subscription.item"].with_context(active_test=False)
        known = {
            (item.subscription_id.id, item.remote_ref): item
            for item in items.search([("subscription_id", "in", self.ids)])
        }
        new = []
        for subscription in self:
            for number, item in enumerate(subscription._items()):
                vals = items._vals_of(item, number)
                row = known.pop((subscription.id, vals["remote_ref"]), None)
                if row:
                    row._write_changed(vals)
                else:
                    new.append({**vals, "subscription_id": subscription.id})
        items.create(new)
        gone = items.browse(row.id for row in known.values() if row.active)
        if gone:
            gone.active = False

    # -- actions --------------------------------------------------------------

    def action_open_invoices(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        action["domain"] = [("subscription_ids", "in", self.ids)]
        action["context"] = {"create": False}
        return action

    def action_open_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sale_order_id.id,
            "views": [(False, "form")],
        }
