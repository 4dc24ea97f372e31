import dataclasses

from odoo import fields, models

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.records import Problem
from odoo.addons.connector_base.entities.entity import OPTIONS_MODEL

from ..engine.documents import content_digest, plain

TAX_MAP = "billing.tax"
CUSTOMER = "billing.customer"
PRODUCT = "product"


@dataclasses.dataclass(slots=True)
class Booking:
    """What the documents of a run are booked by, looked up once a batch.

    :param currencies: ``{ISO code: res.currency}``, inactive ones, too
    :param partners, products, taxes: ``{Odoo id: record}``, read together
    :param positions: ``{partner id: fiscal position}``
    :param decisions: ``{remote id: what a person decided}``
    """

    policy: object
    chooser: object
    currencies: dict
    partners: dict
    products: dict
    taxes: dict
    positions: dict
    decisions: dict
    quantity_places: int


class ConnectorEntityBillingDocument(models.AbstractModel):
    """What invoices and credit notes have in common: a document with lines and taxes.

    The vendor's state of it (status, dunning) is merged like the fields of any record.
    What is booked is made once, and never edited afterwards: ``_check_changes`` decides
    what becomes of a change of it.
    """

    _name = "connector.entity.billing.document"
    _inherit = "connector.entity"
    _description = "Connector Entity: Billing Document"

    _entity_domain = "billing"
    _entity_area = "billing"
    _partner_field = "partner_id"
    #: Type of the entry, and the one that it becomes with a negative total.
    _move_types = ("out_invoice", "out_refund")
    #: How often the vendor rounds a tax until it is billed.
    _tax_roundings = 1
    #: Canonical field with the day of the document.
    _date_field = "invoice_date"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField("number", "char", _("Number")),
            EntityField(
                "customer",
                "reference",
                _("Customer"),
                reference=CUSTOMER,
                required=True,
            ),
            self._choice("status", _("Status"), "connector_status"),
            EntityField("currency", "currency", _("Currency"), required=True),
            EntityField("lines", "structure", _("Lines")),
            EntityField("total", "money", _("Total"), "connector_total", required=True),
            EntityField("subtotal", "money", _("Total Without Taxes")),
            EntityField("tax_total", "money", _("Taxes")),
            EntityField("memo", "text", _("Memo"), "narration"),
            EntityField("voided_at", "datetime", _("Voided On"), "connector_voided_at"),
            # Not filled by maps: what stands in the lines.
            EntityField(
                "taxes",
                "values",
                _("Tax"),
                value_map=TAX_MAP,
                relation="account.tax",
            ),
            EntityField("products", "references", _("Product"), reference=PRODUCT),
        ]

    def _choice(self, name, label, odoo_field):
        """A field whose values are those of a selection of Odoo."""
        return EntityField(
            name,
            "choice",
            label,
            odoo_field,
            value_map=f"odoo.account.move.{odoo_field}",
            relation=OPTIONS_MODEL,
        )

    def _finance_targets(self):
        return {field.name for field in self._entity_fields()}

    def _label_of(self, mapped):
        return mapped.canonical.get("number") or mapped.record.remote_id

    def _amount_of(self, mapped):
        total = mapped.canonical.get("total")
        if total is None:
            return None
        return total, mapped.canonical.get("currency") or None

    def _blocks_closing(self, problem):
        return problem.blocking

    def _period_field(self):
        return self._date_field

    def _closed_period(self, company, date):
        """Why nothing with taxes may be booked on a date."""
        journal = self.env["account.journal"].new(
            {"type": "sale", "company_id": company.id}
        )
        locks = company._get_violated_lock_dates(date, True, journal)
        if not locks:
            return None
        return self.env._(
            "The books of %(date)s are closed, too: %(locks)s.",
            date=fields.Date.to_string(date),
            locks=company._format_lock_dates(locks),
        )

    def _match_methods(self):
        # An entry that somebody else has made is never taken for the vendor's.
        return []

    # -- a batch --------------------------------------------------------------

    def _to_odoo(self, run, batch):
        for mapped in batch:
            lines = mapped.canonical.get("lines") or ()
            mapped.canonical["taxes"] = tuple(
                {tax["tax"] for line in lines for tax in line["taxes"]}
            )
            mapped.canonical["products"] = tuple(
                {line["product"] for line in lines if line["product"]}
            )
        return super()._to_odoo(run, batch)

    def _lookups(self, run, batch, known):
        lookups = super()._lookups(run, batch, known)
        run.tables["booking"] = self._booking(run, batch, lookups)
        return lookups

    def _booking(self, run, batch, lookups):
        policies = self.env["connector.billing.policy"]
        policy = policies._for(run.connection)
        found = {CUSTOMER: set(), PRODUCT: set()}
        for (entity, _remote_id), record_id in lookups.references.items():
            found.setdefault(entity, set()).add(record_id)
        partners = self.env["res.partner"].browse(found[CUSTOMER])
        partners |= policy.unknown_customer_id
        products = self.env["product.product"].browse(found[PRODUCT])
        tax_ids = {
            record_id
            for (kind, _value), record_id in lookups.values.items()
            if kind == TAX_MAP and record_id
        }
        taxes = self.env["account.tax"].browse(tax_ids)
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return Booking(
            policy=policy,
            chooser=policy._account_chooser(),
            currencies=self._currency_table(run),
            partners={partner.id: partner for partner in partners},
            products={product.id: product for product in products},
            taxes={tax.id: tax for tax in taxes},
            positions={},
            decisions=self.env["connector.billing.decision"]._of(
                run.flow, [mapped.record.remote_id for mapped in batch]
            ),
            quantity_places=digits,
        )

    def _derive(self, run, lookups, mapped):
        """Work out what is booked, where that is new or has changed."""
        super()._derive(run, lookups, mapped)
        if mapped.held or mapped.canonical.get("total") is None:
            return
        digest = self._digest(mapped)
        known = ((mapped.binding or {}).get("agreed") or {}).get("connector_digest")
        mapped.values["connector_digest"] = digest
        if digest == known:
            return
        booking = run.tables["booking"]
        decision = booking.decisions.get(mapped.record.remote_id)
        partner = self._document_partner(run, lookups, mapped, booking)
        currency = self._document_currency(run, mapped, booking)
        if not partner or not currency:
            return
        lines = self._document_lines(run, lookups, mapped, booking, partner, currency)
        if lines is None:
            return
        sign = -1 if (mapped.canonical["total"] or 0) < 0 else 1
        mapped.on_create = {
            "move_type": self._move_types[sign < 0],
            "partner_id": partner.id,
            "currency_id": currency.id,
            "fiscal_position_id": self._position(booking, partner).id,
            "company_id": run.connection.company_id.id,
            "connector_connection_id": run.connection.id,
            "connector_role": "document",
            "invoice_line_ids": lines,
            **self._head(run, lookups, mapped, booking, decision),
        }

    def _digest(self, mapped):
        get = mapped.canonical.get
        return content_digest(
            *(get("number"), get("currency"), get(self._date_field)),
            *(plain(get("total")), plain(get("rounding"))),
            lines=get("lines") or (),
        )

    # -- the head -------------------------------------------------------------

    def _head(self, run, lookups, mapped, booking, decision):
        """Number, dates and journal of the entry; notes why it can't be booked."""
        get = mapped.canonical.get
        policy = booking.policy
        if not policy.journal_id:
            self._hold(
                mapped,
                "mapping",
                "billing_no_journal",
                params={"connection": run.connection.name},
            )
        day = get(self._date_field) or fields.Date.context_today(self)
        taxed = any(line["taxes"] for line in get("lines") or ())
        date, problem = policy._booking_date(
            day, taxed, policy.journal_id, decision and decision["date"]
        )
        if problem and policy.posting == "immediate" and get("status") != "draft":
            problem.field = self._date_field
            mapped.problems.append(problem)
        moved = date != day and not problem
        if moved:
            mapped.note = self.env._(
                "Booked on %(date)s, because the period of %(day)s is closed.",
                date=fields.Date.to_string(date),
                day=fields.Date.to_string(day),
            )
        number = get("number")
        return {
            "journal_id": policy.journal_id.id,
            "invoice_date": day,
            "date": date,
            "name": number or (get("status") != "draft" and mapped.record.remote_id),
            "connector_number": number or False,
            "payment_reference": number or False,
        }

    def _hold(self, mapped, error_class, code, **options):
        mapped.problems.append(Problem(error_class, code, **options))

    def _document_partner(self, run, lookups, mapped, booking):
        remote_id = mapped.canonical.get("customer")
        if not remote_id:
            return None
        record_id = lookups.references.get((CUSTOMER, remote_id))
        if record_id:
            return booking.partners[record_id]
        gone = (CUSTOMER, remote_id) in run.absent
        if gone and booking.policy.unknown_customer == "default":
            mapped.note = self.env._(
                "Customer %s is gone there: booked on the one that the policy names.",
                remote_id,
            )
            return booking.policy.unknown_customer_id
        field = self._entity_field("customer")
        mapped.problems.append(self._unresolved_reference(run, field, remote_id, True))
        return None

    def _document_currency(self, run, mapped, booking):
        code = (mapped.canonical.get("currency") or "").upper()
        if not code:
            return None
        currency = booking.currencies.get(code)
        if currency and currency.active:
            company = run.connection.company_id
            if currency == company.currency_id or self._has_rate(currency, company):
                return currency
            if booking.policy.rate_source == "vendor" and mapped.canonical.get(
                "exchange_rate"
            ):
                return currency
            mapped.problems.append(self._no_rate("currency", code, company))
            return None
        self._hold(
            mapped,
            "mapping",
            "billing_currency_inactive" if currency else "billing_currency_unknown",
            field="currency",
            cause=code,
            params={"currency": code},
            shared=True,
        )
        return None

    def _position(self, booking, partner):
        """The fiscal position of a customer, asked once a batch."""
        if partner.id not in booking.positions:
            model = self.env["account.fiscal.position"]
            company = booking.policy.company_id
            if "any" not in booking.positions:
                booking.positions["any"] = bool(
                    model.search_count(model._check_company_domain(company), limit=1)
                )
            position = model
            if booking.positions["any"]:
                delivery = partner.browse(partner.address_get(["delivery"])["delivery"])
                position = model.with_company(company)._get_fiscal_position(
                    partner, delivery=delivery
                )
            booking.positions[partner.id] = position
        return booking.positions[partner.id]
