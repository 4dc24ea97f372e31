import datetime
import functools
import zoneinfo
from decimal import Decimal

from odoo import Command, models

from odoo.addons.connector_base.engine.values import read_value

from ..engine import booking as exact
from .billing_document import PRODUCT, TAX_MAP

#: Longest label of an entry line; longer ones are cut.
LABEL_LENGTH = 500


class ConnectorEntityBillingDocument(models.AbstractModel):
    """The lines of a document: accounts, exact amounts, taxes as billed."""

    _inherit = "connector.entity.billing.document"

    def _document_lines(self, run, lookups, mapped, booking, partner, currency):
        """The entry lines of a document, or ``None`` where it can't be booked.

        Notes what is in the way: a tax that nobody has mapped, a missing account,
        taxes or a total that don't come to what was billed.
        """
        taxes = self._document_taxes(lookups, mapped, booking)
        if mapped.held:
            return None
        sign = -1 if mapped.canonical["total"] < 0 else 1
        position = self._position(booking, partner)
        included = {key for key, tax in taxes.items() if tax and tax.price_include}
        places = currency.decimal_places
        parts, values = [], []
        for line in mapped.canonical.get("lines") or ():
            product = booking.products.get(
                lookups.references.get((PRODUCT, line["product"] or "")),
                self.env["product.product"],
            )
            accounts = booking.chooser.choose(product, partner.country_id, position)
            if not accounts.income:
                self._hold_account(mapped, booking, product, line)
            pieces = self._pieces(line, booking, included, places, accounts)
            parts += pieces
            for part in pieces:
                if sign < 0:
                    _turn(part)
                account = accounts.income
                if part.discount is not None:
                    account = accounts.discount or account
                values.append(
                    {
                        **self._line_head(part, product, run.compiled.timezone),
                        "account_id": account,
                        "analytic_distribution": accounts.analytic or False,
                        **self._line_amounts(part, taxes, currency, places),
                    }
                )
        self._check_taxes(mapped, booking, taxes, parts, places)
        values += self._check_total(mapped, booking, parts, sign, places, currency)
        if mapped.held:
            return None
        return [Command.create(vals) for vals in values]

    # -- amounts --------------------------------------------------------------

    def _pieces(self, line, booking, included, places, accounts):
        """A line's parts, priced; discounts apart where that is wanted or needed."""
        apart = bool(accounts.discount)
        pieces = exact.parts_of(line, places, apart)
        digits = booking.quantity_places
        for part in pieces:
            exact.set_price(part, included, places, digits)
        if not apart and exact.needs_apart(pieces[0]):
            pieces = exact.parts_of(line, places, True)
            for part in pieces:
                exact.set_price(part, included, places, digits)
        return pieces

    def _line_amounts(self, part, taxes, currency, places):
        """Quantity, price and taxes of a part, which come to its amounts.

        ``extra_tax_data`` is how Odoo keeps taxes that are not those of its own
        reckoning; it also survives a reversal.
        """
        vals = {
            "quantity": float(part.quantity),
            "price_unit": float(part.price),
            "discount": float(part.percent),
            "tax_ids": [
                Command.set([taxes[key].id for key in part.taxes if taxes[key]])
            ],
        }
        manual = {}
        for key, amount in part.taxes.items():
            base = part.bases.get(key)
            base = None if base == part.net else base
            given = (
                _manual_amounts(taxes[key], amount, base, places) if taxes[key] else {}
            )
            for tax_id, amounts in given.items():
                # Two taxes of the vendor may be one in Odoo.
                known = manual.setdefault(str(tax_id), {})
                for name, value in amounts.items():
                    known[name] = known.get(name, 0.0) + float(value)
        if manual:
            vals["extra_tax_data"] = {
                "currency_id": currency.id,
                "price_unit": vals["price_unit"],
                "discount": vals["discount"],
                "quantity": vals["quantity"],
                "manual_total_excluded_currency": float(part.net),
                "manual_tax_amounts": manual,
            }
        return vals

    def _line_head(self, part, product, timezone):
        line = part.line
        label = line["description"] or product.display_name or ""
        if part.discount is not None:
            what = part.discount["label"] or part.discount["coupon"] or ""
            label = self.env._("Discount %(what)s: %(line)s", what=what, line=label)
        elif exact.says_quantity(part):
            quantity, unit = line["quantity"], line["unit_amount"]
            said = self.env._("%(quantity)s × %(price)s", quantity=quantity, price=unit)
            label = f"{label} ({said if unit else quantity})"
        start, end = _days(line, timezone)
        return {
            "name": label[:LABEL_LENGTH],
            "product_id": product.id,
            "connector_period_start": start,
            "connector_period_end": end,
            "connector_line_ref": line["id"],
        }

    # -- taxes ----------------------------------------------------------------

    def _document_taxes(self, lookups, mapped, booking):
        """``{the vendor's tax: account.tax, or None where it means none}``"""
        found = {}
        field = self._entity_field("taxes")
        for value in mapped.canonical["taxes"]:
            key = (TAX_MAP, value)
            if key in lookups.values:
                tax_id = lookups.values[key]
            else:
                tax_id = self._unmapped(lookups, mapped, field, value)
                if tax_id and tax_id not in booking.taxes:
                    booking.taxes[tax_id] = self.env["account.tax"].browse(tax_id)
            found[value] = booking.taxes[tax_id] if tax_id else None
        return found

    def _check_taxes(self, mapped, booking, taxes, parts, places):
        """Hold a document whose taxes aren't those that Odoo's taxes come to."""
        for value, tax in taxes.items():
            billed = sum((part.taxes.get(value, 0) for part in parts), Decimal(0))
            if tax is None and billed:
                self._hold(
                    mapped,
                    "mapping",
                    "billing_tax_left_out",
                    field="taxes",
                    cause=f"{TAX_MAP}={value}",
                    params={"tax": self._tax_label(mapped, value)},
                    details={"billed": str(billed)},
                )
        expected = functools.partial(_expected, taxes, self._tax_roundings)
        for difference in exact.tax_differences(parts, expected, places):
            tax = taxes[difference.tax]
            self._hold(
                mapped,
                "validation",
                "billing_tax_differs",
                field="taxes",
                cause=f"{TAX_MAP}={difference.tax}",
                params={
                    "tax": self._tax_label(mapped, difference.tax),
                    "ours": tax.name,
                },
                details={
                    "billed": str(difference.billed),
                    "expected": str(difference.expected),
                },
            )

    def _tax_label(self, mapped, value):
        for line in mapped.canonical["lines"]:
            for tax in line["taxes"]:
                if tax["tax"] == value:
                    return tax["label"] or value
        return value

    # -- the total ------------------------------------------------------------

    def _check_total(self, mapped, booking, parts, sign, places, currency):
        """Lines for what lines and taxes lack of the total, where that is allowed."""
        policy = booking.policy
        total = mapped.canonical["total"] * sign
        off = (mapped.canonical.get("rounding") or Decimal(0)) * sign
        sums = sum((part.net + sum(part.taxes.values()) for part in parts), Decimal(0))
        difference = total - sums - off
        lines = []
        if off:
            lines.append((self.env._("Rounded off by the billing system"), off))
        if difference:
            if abs(difference) > Decimal(str(policy.tolerance)):
                self._hold(
                    mapped,
                    "validation",
                    "billing_total_differs",
                    field="total",
                    details={
                        "total": str(total),
                        "lines": str(sums + off),
                        "currency": currency.name,
                    },
                )
                return []
            lines.append((self.env._("Rounding difference"), difference))
        if lines and not policy.rounding_account_id:
            self._hold(
                mapped,
                "mapping",
                "billing_no_rounding_account",
                params={"connection": policy.connection_id.name},
            )
            return []
        return [
            {
                "name": label,
                "account_id": policy.rounding_account_id.id,
                "quantity": 1,
                "price_unit": float(amount),
                "tax_ids": [Command.set([])],
            }
            for label, amount in lines
        ]

    def _hold_account(self, mapped, booking, product, line):
        name = product.display_name or line["description"] or line["id"]
        self._hold(
            mapped,
            "mapping",
            "billing_no_account",
            cause=str(product.id or line["product"] or ""),
            params={
                "product": name,
                "connection": booking.policy.connection_id.name,
            },
        )


def _turn(part):
    """Turn the sign of a part: a negative invoice is booked as a credit note."""
    part.net = -part.net
    part.price = -part.price
    part.taxes = {key: -amount for key, amount in part.taxes.items()}
    part.bases = {key: -base for key, base in part.bases.items()}


def _days(line, timezone):
    """The first and the last day of a line's period; the vendor's end is exclusive."""
    start = read_value("date", line["period_start"], timezone)
    end = read_value("datetime", line["period_end"])
    if not end:
        return start or False, False
    if end.time() != datetime.time():
        end = end.astimezone(zoneinfo.ZoneInfo(timezone))
    last = (end - datetime.timedelta(microseconds=1)).date()
    return start or False, max(last, start) if start else last


def _manual_amounts(tax, amount, base, places):
    """What Odoo is told of one tax: ``{tax id: {"tax_amount_currency": Decimal, …}}``.

    Of a group each tax gets its share. Where an entry of a tax takes back another, as
    with reverse charge, Odoo reckons itself.

    :param base: taxable amount where it isn't the line's net, else ``None``
    """
    if tax.amount_type != "group":
        if tax.has_negative_factor:
            return {tax.id: {}}
        given = {"tax_amount_currency": amount}
        if base is not None:
            given["base_amount_currency"] = base
        return {tax.id: given}
    children = tax.children_tax_ids
    rates = sum((Decimal(str(child.amount)) for child in children), Decimal(0))
    given, left = {}, amount
    for child in children[1:]:
        share = Decimal(str(child.amount)) / rates if rates else Decimal(0)
        own = exact.rounded(amount * share, places)
        given[child.id] = {"tax_amount_currency": own}
        left -= own
    if children:
        given[children[0].id] = {"tax_amount_currency": left}
    return given


def _expected(taxes, roundings, value, part):
    """What a tax of Odoo comes to for a part, and how far off its rounding may be.

    :param roundings: how often the vendor may have rounded an amount
    :return: ``(exact amount, margin in minor units)``, ``None`` where only Odoo's own
        reckoning could tell
    """
    tax = taxes[value]
    if not tax:
        return None
    if tax.has_negative_factor:
        return Decimal(0), Decimal(0)
    kinds = {tax.amount_type}
    rate = Decimal(str(tax.amount))
    if tax.amount_type == "group":
        kinds = {child.amount_type for child in tax.children_tax_ids}
        rate = sum(Decimal(str(child.amount)) for child in tax.children_tax_ids)
    if kinds != {"percent"}:
        return None
    inclusive = any(t["inclusive"] for t in part.line["taxes"] if t["tax"] == value)
    margin = roundings * exact.HALF * (1 + rate / 100 if inclusive else 1)
    return part.bases.get(value, part.net) * rate / 100, margin
