from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.records import Problem
from odoo.addons.connector_base.entities.entity import CREATE_CONTEXT
from odoo.addons.connector_base.service_user import as_service

#: What the vendor says of a quote -> state of the quotation. What was accepted is
#: confirmed by the handoff, by its policy, never by this; an expired one tells its day.
STATES = {
    "draft": "draft",
    "sent": "sent",
    "accepted": "sent",
    "expired": "sent",
    "rejected": "cancel",
}
#: State of a quotation -> what the vendor is told, where it says another thing.
STATUSES = {"draft": "draft", "sent": "sent", "sale": "accepted", "cancel": "rejected"}
#: States in which a quotation may be changed.
OPEN_STATES = ("draft", "sent", "cancel")


class ConnectorEntityQuote(models.AbstractModel):
    """A quote: a quotation in Odoo, as long as nobody has confirmed it."""

    _name = "connector.entity.quote"
    _inherit = "connector.entity.trade.document"
    _description = "Connector Entity: Quote"

    _match_column = "client_order_ref"
    _match_target = "number"
    _kept_in = {
        "company": ("partner_id",),
        "contact": ("partner_id",),
        # An order's currency is that of its pricelist.
        "currency": ("pricelist_id",),
        "price_book": ("pricelist_id",),
        "status": ("remote_status", "state"),
        "total": ("remote_total",),
    }
    _computed_anew = (
        *("validity_date", "payment_term_id", "pricelist_id", "currency_id"),
        *("user_id", "note"),
    )

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField("number", "char", _("Quote Number"), "client_order_ref"),
            EntityField("name", "char", _("Title"), "remote_title"),
            *self._document_fields(),
            EntityField("valid_until", "date", _("Valid Until"), "validity_date"),
            self._choice_field("status", _("Status"), "remote_status"),
            EntityField(
                "payment_terms",
                "value",
                _("Payment Terms"),
                "payment_term_id",
                value_map="payment_term",
                relation="account.payment.term",
            ),
            self._owner_field(),
            EntityField("description", "text", _("Terms"), "note"),
            EntityField("total", "money", _("Total")),
        ]

    def _eligible_domain(self):
        return super()._eligible_domain() & Domain(
            "state", "in", [*OPEN_STATES, "sale"]
        )

    def _may_be_made(self, row):
        # That one was confirmed is told of quotes that the vendor has.
        return row["state"] in ("draft", "sent")

    def _label_of(self, mapped):
        return mapped.canonical.get("name") or mapped.canonical.get("number")

    def _amount_of(self, mapped):
        total = mapped.canonical.get("total")
        return (total, mapped.canonical.get("currency") or None) if total else None

    # -- into Odoo ------------------------------------------------------------

    def _to_odoo(self, run, batch):
        super()._to_odoo(run, batch)
        self._set_customers(batch)
        self._set_pricelists([mapped for mapped in batch if not mapped.held])

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        if {"company", "contact"} & canonical.keys():
            # As with deals: the contact, of whom Odoo knows the company.
            partners = [
                self._referred_id(run, lookups, mapped, name)
                for name in ("contact", "company")
            ]
            vals["partner_id"] = next(filter(None, partners), None)
        if not mapped.binding or {"currency", "price_book"} & canonical.keys():
            vals["currency_id"] = self._currency_id(run, mapped)
            vals["pricelist_id"] = self._referred_id(run, lookups, mapped, "price_book")
        if vals.get("remote_status"):
            vals["state"] = STATES[vals["remote_status"]]
        if "total" in canonical:
            total = canonical["total"]
            # Nothing told is another thing than nothing to pay.
            vals["remote_total"] = False if total is None else float(total)
        if not vals.get("user_id"):
            # Without owner it is nobody's, not the customer's salesperson's.
            vals.update({"user_id": False} if "owner" in canonical else {})

    def _set_customers(self, batch):
        """A quote that names nobody is for the customer of its deal."""
        unnamed = [
            mapped
            for mapped in batch
            if not mapped.held
            and not mapped.values.get("partner_id")
            and (not mapped.binding or "partner_id" in mapped.values)
        ]
        if not unnamed:
            return
        leads = self.env["crm.lead"].with_context(active_test=False)
        customers = {
            lead.id: lead.partner_id.id
            for lead in leads.search_fetch(
                [("id", "in", [m.values.get("opportunity_id") for m in unnamed])],
                ["partner_id"],
            )
        }
        for mapped in unnamed:
            partner_id = customers.get(mapped.values.get("opportunity_id"))
            if partner_id:
                mapped.values["partner_id"] = partner_id
            else:
                self._missing(mapped, "company")

    def _set_pricelists(self, batch):
        """The pricelist of book and currency, found or made for the whole batch.

        An order has the currency of its pricelist.
        """
        asked = [mapped for mapped in batch if "currency_id" in mapped.values]
        keys = {
            id(m): (m.values["pricelist_id"] or False, m.values["currency_id"])
            for m in asked
        }
        pricelists = self.env["connector.price.book"]._pricelists(keys.values())
        for mapped in asked:
            del mapped.values["currency_id"]
            mapped.values["pricelist_id"] = pricelists[keys[id(mapped)]]

    def _create_records(self, vals_list):
        """Odoo would look up the defaults and the next number of each order."""
        orders = self.env["sale.order"].with_context(**CREATE_CONTEXT)
        common = {
            **orders.default_get([n for n, f in orders._fields.items() if f.default]),
            "company_id": self.env.company.id,
            "user_id": False,
            "state": "draft",
        }
        numbers = self._next_numbers(len(vals_list))
        made = as_service(orders).create(
            [
                common | {"name": number} | self._commands(vals)
                for number, vals in zip(numbers, vals_list, strict=True)
            ]
        )
        return made.with_env(orders.env)

    def _next_numbers(self, count):
        """The next numbers of orders, in one query where the sequence allows that."""
        sequence = (
            self.env["ir.sequence"]
            .sudo()
            .search(
                [
                    ("code", "=", "sale.order"),
                    ("company_id", "in", [False, self.env.company.id]),
                ],
                order="company_id",
                limit=1,
            )
        )
        plain = sequence.implementation == "standard" and not sequence.use_date_range
        if not plain:
            # Odoo draws each number itself.
            return [self.env._("New")] * count
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03}",
                count,
            )
        )
        return [sequence.get_next_char(number) for (number,) in rows]

    def _check_changes(self, run, batch):
        """What a person has confirmed is an order: no quote changes it any more."""
        super()._check_changes(run, batch)
        changed = [m for m in batch if m.values and not m.held]
        states = self._states_of([mapped.record_id for mapped in changed])
        for mapped in changed:
            if states.get(mapped.record_id) in OPEN_STATES:
                continue
            # What the vendor says of a confirmed quote, and what it is called there,
            # changes no order.
            vals = mapped.values
            vals.pop("state", None)
            if not vals.keys() - {"remote_status", "remote_title", "remote_total"}:
                continue
            mapped.problems.append(
                Problem(
                    "validation",
                    "quote_confirmed",
                    details={"order": self._order_name(mapped.record_id)},
                )
            )

    def _states_of(self, order_ids):
        orders = self.env["sale.order"].browse(order_ids)
        return {row["id"]: row["state"] for row in orders.read(["state"])}

    def _order_name(self, order_id):
        return self.env["sale.order"].browse(order_id).display_name

    def _archive_records(self, record_ids):
        """A quote that is gone there is cancelled; an order is not."""
        orders = self.env["sale.order"].browse(record_ids).exists()
        for order in orders:
            if order.state not in OPEN_STATES:
                raise UserError(
                    self.env._(
                        "The quote of %s was deleted in the other system, but it is a"
                        " confirmed order here. Cancel the order, or ignore this.",
                        order.display_name,
                    )
                )
        standing = orders.filtered(lambda order: order.state != "cancel")
        as_service(standing).write({"state": "cancel"})

    def _restored_values(self):
        return {"state": "draft"}

    # -- match ----------------------------------------------------------------

    def _match_eligible(self, run):
        return SQL("%s AND r.state IN ('draft', 'sent')", super()._match_eligible(run))

    def _match_domain(self):
        return Domain("state", "in", ["draft", "sent"])
