import dataclasses

from odoo import models
from odoo.fields import Domain

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.names import split_name
from odoo.addons.connector_base.engine.records import Problem

#: What a customer is who pays all taxes: no fiscal position of its own.
TAXED = "none"
FISCAL_POSITION = "property_account_position_id"
CURRENCY = "billing_currency_id"
NAME_PARTS = ("company_name", "name", "first_name", "last_name")


class ConnectorEntityBillingCustomer(models.AbstractModel):
    """Who is billed: a company or a person, whichever the billing account is of.

    A vendor's customer counts as a company where it says so, or has a company's name or
    a tax ID; it is a person otherwise. That is decided when its partner is made: one
    that Odoo has stays what it is.
    """

    _name = "connector.entity.billing.customer"
    _inherit = "connector.entity.customer"
    _description = "Connector Entity: Billing Customer"

    _about_person = True

    def _entity_fields(self):
        _ = self.env._
        return [
            *(
                dataclasses.replace(field, made_of=(*field.made_of, "company_name"))
                if field.name == "name"
                else field
                for field in super()._entity_fields()
            ),
            EntityField("company_name", "char", _("Company Name"), pii=True),
            EntityField("first_name", "char", _("First Name"), pii=True),
            EntityField("last_name", "char", _("Last Name"), pii=True),
            EntityField("is_company", "boolean", _("Is a Company")),
            EntityField(
                "billing_email",
                "email",
                _("Billing E-mail"),
                "billing_email",
                pii=True,
                lenient=True,
            ),
            EntityField("currency", "currency", _("Billing Currency"), lenient=True),
            EntityField("tax_ids", "structure", _("Tax IDs"), pii=True),
            EntityField(
                "tax_exempt",
                "value",
                _("Tax Exemption"),
                FISCAL_POSITION,
                value_map="billing.tax_exempt",
                relation="account.fiscal.position",
                on_unmapped="empty",
            ),
            EntityField(
                "payment_terms",
                "value",
                _("Payment Terms"),
                "property_payment_term_id",
                value_map="billing.payment_terms",
                relation="account.payment.term",
                on_unmapped="empty",
            ),
            EntityField(
                "delinquent", "boolean", _("Payment Failed"), "billing_delinquent"
            ),
            EntityField("balance", "money", _("Billing Balance"), "billing_balance"),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        for name in NAME_PARTS:
            if name in owner_by_field:
                owners.setdefault("name", owner_by_field[name])
        if "currency" in owner_by_field:
            owners[CURRENCY] = owner_by_field["currency"]
        if "tax_ids" in owner_by_field:
            owners.setdefault("vat", owner_by_field["tax_ids"])
            owners["billing_tax_numbers"] = owner_by_field["tax_ids"]
        return owners

    def _eligible_domain(self):
        """Who has been invoiced, or is about to subscribe to something."""
        return super()._eligible_domain() & (
            Domain("customer_rank", ">", 0)
            | Domain("billing_subscription_ids", "!=", False)
        )

    # -- into Odoo ------------------------------------------------------------

    def _is_company(self, mapped):
        get = mapped.canonical.get
        if get("is_company") is not None:
            return get("is_company")
        return bool(get("company_name") or get("tax_id") or get("tax_ids"))

    def _complete(self, run, mapped):
        canonical = mapped.canonical
        if canonical.get("tax_ids"):
            # Of several the first is the one that invoices show.
            first = next(iter(canonical["tax_ids"]))
            canonical["tax_id"] = canonical.get("tax_id") or first["number"]
        if mapped.binding and not canonical.keys() & {*NAME_PARTS}:
            return
        parts = (canonical.get("first_name"), canonical.get("last_name"))
        person = canonical.get("name") or " ".join(part for part in parts if part)
        named = canonical.get("company_name") or person
        # Check-outs leave customers of whom nothing but the address is known.
        canonical["name"] = named or canonical.get("email") or canonical.get("phone")

    def _convert(self, run, lookups, mapped, field, value):
        if field.name == "tax_exempt" and value in (None, "", TAXED):
            # A position that people chose stays; one that came from there goes.
            agreed = (mapped.binding or {}).get("agreed") or {}
            if agreed.get(FISCAL_POSITION):
                mapped.values[FISCAL_POSITION] = False
            return
        super()._convert(run, lookups, mapped, field, value)

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        mapped.on_create["is_company"] = self._is_company(mapped)
        mapped.on_create["customer_rank"] = 1
        if "tax_ids" in canonical:
            further = [
                tax_id["number"]
                for tax_id in canonical["tax_ids"] or ()
                if tax_id["number"] != canonical.get("tax_id")
            ]
            vals["billing_tax_numbers"] = ", ".join(further) or False
        if "currency" in canonical:
            self._derive_currency(run, mapped)

    def _derive_currency(self, run, mapped):
        code = (mapped.canonical["currency"] or "").upper()
        currency = self._currency_table(run).get(code)
        if code and not currency:
            mapped.problems.append(
                Problem(
                    "mapping",
                    "unknown_currency",
                    field="currency",
                    cause=code,
                    params={"currency": code},
                    blocking=False,
                    shared=True,
                )
            )
            return
        mapped.values[CURRENCY] = currency.id if currency else False

    def _differs(self, parent, vals):
        # Invoice addresses are apart from their company's as they are.
        return vals.get("type") != "invoice" and super()._differs(parent, vals)

    # -- out of Odoo ----------------------------------------------------------

    def _sources(self, field, targets):
        if field.name == "currency":
            return (CURRENCY,)
        if field.name in ("first_name", "last_name", "company_name"):
            return ("name", "is_company")
        if field.name == "is_company":
            return ("is_company",)
        return super()._sources(field, targets)

    def _derive_outgoing(self, run, lookups, out):
        super()._derive_outgoing(run, lookups, out)
        row, wanted = out.row, out.wanted
        given = {}
        if "currency" in wanted:
            codes = {one.id: code for code, one in self._currency_table(run).items()}
            given["currency"] = codes.get(row[CURRENCY])
        if "is_company" in wanted:
            given["is_company"] = bool(row["is_company"])
        if wanted & {"first_name", "last_name", "company_name"}:
            company = row["is_company"]
            first, last = ("", "") if company else split_name(row["name"])
            parts = {
                "company_name": row["name"] if company else None,
                "first_name": first or None,
                "last_name": last or None,
            }
            given |= {name: part for name, part in parts.items() if name in wanted}
        out.canonical.update(given)

    # -- value maps -----------------------------------------------------------

    def _suggest_value(self, line):
        if line.map_id.name == "billing.tax_exempt" and line.remote_value == TAXED:
            return self.env[line.res_model], True
        return super()._suggest_value(line)
