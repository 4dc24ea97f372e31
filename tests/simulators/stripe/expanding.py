"""``expand[]``: ids become objects, and what is left out by default is put in.

[S expand; which properties: OpenAPI ``x-expansionResources`` and SDK ExpandableField]
"""

from . import errors, facts

SOURCE = ("charge", "refund", "dispute", "payout")

#: (object, path to the property) to the object that the id there stands for.
EXPANDABLE = {
    ("balance_transaction", "source"): SOURCE,
    ("charge", "balance_transaction"): "balance_transaction",
    ("charge", "customer"): "customer",
    ("charge", "failure_balance_transaction"): "balance_transaction",
    ("charge", "invoice"): "invoice",
    ("charge", "payment_intent"): "payment_intent",
    ("credit_note", "customer"): "customer",
    ("credit_note", "discount_amounts.discount"): "discount",
    ("credit_note", "invoice"): "invoice",
    ("credit_note", "refund"): "refund",
    ("credit_note", "refunds.refund"): "refund",
    ("credit_note", "tax_amounts.tax_rate"): "tax_rate",
    ("credit_note_line_item", "tax_amounts.tax_rate"): "tax_rate",
    ("discount", "customer"): "customer",
    ("discount", "source.coupon"): "coupon",
    ("dispute", "charge"): "charge",
    ("dispute", "payment_intent"): "payment_intent",
    ("invoice", "charge"): "charge",
    ("invoice", "customer"): "customer",
    ("invoice", "discounts"): "discount",
    ("invoice", "parent.subscription_details.subscription"): "subscription",
    ("invoice", "payment_intent"): "payment_intent",
    ("invoice", "subscription"): "subscription",
    ("invoice", "total_discount_amounts.discount"): "discount",
    ("invoice", "total_tax_amounts.tax_rate"): "tax_rate",
    ("invoice_payment", "invoice"): "invoice",
    ("invoice_payment", "payment.charge"): "charge",
    ("invoice_payment", "payment.payment_intent"): "payment_intent",
    ("invoiceitem", "customer"): "customer",
    ("invoiceitem", "discounts"): "discount",
    ("invoiceitem", "invoice"): "invoice",
    ("invoiceitem", "subscription"): "subscription",
    ("line_item", "discount_amounts.discount"): "discount",
    ("line_item", "discounts"): "discount",
    ("line_item", "pricing.price_details.price"): "price",
    ("line_item", "subscription"): "subscription",
    ("line_item", "tax_amounts.tax_rate"): "tax_rate",
    ("payment_intent", "customer"): "customer",
    ("payment_intent", "invoice"): "invoice",
    ("payment_intent", "latest_charge"): "charge",
    ("payout", "balance_transaction"): "balance_transaction",
    ("payout", "failure_balance_transaction"): "balance_transaction",
    ("price", "product"): "product",
    ("product", "default_price"): "price",
    ("refund", "balance_transaction"): "balance_transaction",
    ("refund", "charge"): "charge",
    ("refund", "failure_balance_transaction"): "balance_transaction",
    ("refund", "payment_intent"): "payment_intent",
    ("subscription", "customer"): "customer",
    ("subscription", "discounts"): "discount",
    ("subscription", "latest_invoice"): "invoice",
    ("subscription", "schedule"): "subscription_schedule",
    ("subscription_item", "discounts"): "discount",
    ("subscription_schedule", "customer"): "customer",
    ("subscription_schedule", "phases.items.price"): "price",
    ("subscription_schedule", "subscription"): "subscription",
    ("tax_id", "customer"): "customer",
}
#: Lists within objects; what they hold.
LISTS = {
    ("charge", "refunds"): "refund",
    ("credit_note", "lines"): "credit_note_line_item",
    ("customer", "subscriptions"): "subscription",
    ("customer", "tax_ids"): "tax_id",
    ("invoice", "lines"): "line_item",
    ("invoice", "payments"): "invoice_payment",
    ("subscription", "items"): "subscription_item",
}
#: Those of them, and other properties, that are there only when they are asked for.
LEFT_OUT = {
    ("charge", "refunds"),
    ("customer", "subscriptions"),
    ("customer", "tax_ids"),
    ("invoice", "payments"),
    ("price", "tiers"),
}
#: Whole objects within objects.
WITHIN = {
    ("customer", "discount"): "discount",
    ("invoice", "discount"): "discount",
    ("invoiceitem", "price"): "price",
    ("line_item", "price"): "price",
    ("subscription", "discount"): "discount",
    ("subscription_item", "price"): "price",
}
#: Only before basil, and only since. [SDK CHANGELOG 12.0.0]
GONE = {
    ("charge", "invoice"),
    ("credit_note", "refund"),
    ("credit_note", "tax_amounts.tax_rate"),
    ("credit_note_line_item", "tax_amounts.tax_rate"),
    ("invoice", "charge"),
    ("invoice", "discount"),
    ("invoice", "payment_intent"),
    ("invoice", "subscription"),
    ("invoice", "total_tax_amounts.tax_rate"),
    ("invoiceitem", "price"),
    ("invoiceitem", "subscription"),
    ("line_item", "price"),
    ("line_item", "tax_amounts.tax_rate"),
    ("payment_intent", "invoice"),
    ("subscription", "discount"),
}
COME = {
    ("credit_note", "refunds.refund"),
    ("invoice", "parent.subscription_details.subscription"),
    ("invoice", "payments"),
    ("line_item", "pricing.price_details.price"),
}


class Expansion:
    """Expands the answer to one request; ``view`` renders what ids stand for."""

    def __init__(self, request, view):
        self.request = request
        self.view = view
        absent = GONE if view.new else COME
        self._absent = absent

    def paths(self, given, kind, is_list):
        """The checked paths asked for. Raises a 400 for one that can't be expanded."""
        if given is None:
            return []
        if not isinstance(given, list):
            raise errors.invalid(self.request, "Invalid array", "expand")
        return [self._checked(path, kind, is_list) for path in given]

    def apply(self, answer, paths):
        """The answer with all paths expanded, in place."""
        for path in paths:
            self._expand(answer, path, answer["object"], "")
        return answer

    # Before anything is read

    def _checked(self, path, kind, is_list):
        parts = path.split(".")
        if len(parts) > facts.EXPAND_DEPTH:
            raise errors.invalid(self.request, facts.TEXT_EXPAND_DEPTH, "expand")
        kinds, trail, rest = {kind}, "", list(parts)
        if is_list:
            if rest.pop(0) != "data":
                self._refuse(path, f" {facts.TEXT_EXPAND_LIST.format(name=path)}")
            if not rest:
                self._refuse(path)
        while rest:
            trail = f"{trail}.{rest.pop(0)}".lstrip(".")
            found = self._targets(kinds, trail)
            if found is None:
                if not self._leads_on(kinds, trail) or not rest:
                    self._refuse(path)
                continue
            kinds, trail, listed = found, "", self._is_list(kinds, trail)
            if listed and rest and rest.pop(0) != "data":
                self._refuse(path)
        return parts

    def _targets(self, kinds, trail):
        targets = set()
        for kind in kinds:
            key = (kind, trail)
            if key in self._absent:
                continue
            for table in (EXPANDABLE, LISTS, WITHIN):
                if key in table:
                    target = table[key]
                    targets |= {target} if isinstance(target, str) else set(target)
            if key in LEFT_OUT:
                targets |= {f"{kind}.{trail}"}
        return targets or None

    def _is_list(self, kinds, trail):
        return any((kind, trail) in LISTS for kind in kinds)

    def _leads_on(self, kinds, trail):
        return any(
            kind in kinds and path.startswith(f"{trail}.")
            for kind, path in EXPANDABLE
            if (kind, path) not in self._absent
        )

    def _refuse(self, path, more=""):
        text = facts.TEXT_EXPAND.format(name=path) + more.replace("  ", " ")
        raise errors.invalid(self.request, text, "expand")

    # The answer

    def _expand(self, value, parts, kind, trail):
        if isinstance(value, list):
            for each in value:
                self._expand(each, parts, kind, trail)
            return
        if not isinstance(value, dict) or not parts:
            return
        kind, trail = (value["object"], "") if "object" in value else (kind, trail)
        part, *rest = parts
        if kind in ("list", "search_result"):
            self._expand(value["data"], rest, kind, "")
            return
        trail = f"{trail}.{part}".lstrip(".")
        if (kind, trail) in LEFT_OUT and part not in value:
            value[part] = self.view.left_out(kind, part, value["id"])
        if (kind, trail) in EXPANDABLE:
            value[part] = self._object(value.get(part), EXPANDABLE[kind, trail])
        self._expand(value.get(part), rest, kind, trail)

    def _object(self, value, kind):
        if isinstance(value, list):
            return [self._object(each, kind) for each in value]
        if not isinstance(value, str):
            return value
        return self.view.by_id(kind, value)
