"""Writers of customers, items and item prices, and which writes what."""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult

from . import ask, money
from .endpoints import FAMILY, path
from .writer import ChargebeeWriter, own_id
from .writer_subscription import SubscriptionWriter
from .writer_usage import UsageWriter

ADDRESS = "billing_address"
#: Scheme -> pricing model.
MODELS = {
    "per_unit": "per_unit",
    "flat": "flat_fee",
    "tiered": "tiered",
    "volume": "volume",
    "package": "volume",
}


class CustomerWriter(ChargebeeWriter):
    """Address and VAT number have an operation of their own."""

    path = "customers"
    name = "customer"
    plain = ("company", "first_name", "last_name", "email", "phone", "locale")
    writable = (*plain, ADDRESS, "vat_number", "net_term_days", "meta_data")
    #: What only the billing information takes, of a customer that is there.
    billing = frozenset({ADDRESS, "vat_number"})

    def _params(self, row, new):
        params = self._plain(row, (*self.plain, "vat_number", "net_term_days"), new)
        begin = f"{ADDRESS}."
        address = {
            name.removeprefix(begin): value
            for name, value in row.values.items()
            if name.startswith(begin) and not (new and value in (None, ""))
        }
        if address:
            params[ADDRESS] = address
        return params | self._own_keys(row)

    def _change(self, row, remote_id):
        params = self._params(row, new=False)
        own = {name: params.pop(name) for name in self.billing & params.keys()}
        if own.get(ADDRESS):
            own[ADDRESS] = self._whole_address(remote_id, own[ADDRESS])
        if self.own in params:
            params[self.own] = self._joined(remote_id, params[self.own])
        reply = None
        if own:
            where = self._path(remote_id, "update_billing_info")
            reply = ask.post(self.client, where, own)
        if params:
            reply = ask.post(self.client, self._path(remote_id), params)
        return self._result(row, reply) if reply else RowResult(row.key, remote_id)

    def _whole_address(self, remote_id, changed):
        """An address is replaced as a whole. [S] update-billing-info-for-a-customer"""
        now = self.client.get(self._path(remote_id)).data[self.name]
        known = now.get(ADDRESS) or {}
        kept = {
            name: value
            for name, value in known.items()
            if name not in ("object", "validation_status")
        }
        if "state" in changed:
            kept.pop("state_code", None)
        return {name: value for name, value in {**kept, **changed}.items() if value}

    def _archive(self, row):
        raise errors.InvalidRecord(
            "Chargebee has no archive of customers, and to delete one cancels all of"
            " its subscriptions. Do so there if that is what you want.",
            code="refused",
        )


class ItemWriter(ChargebeeWriter):
    """What is sold: a plan, unless the map says addon or charge."""

    path = "items"
    name = "item"
    own = "metadata"
    fixed = frozenset({"type"})
    plain = ("name", "external_name", "description", "unit", "item_family_id", "type")
    writable = (*plain, "metadata")

    def _params(self, row, new):
        params = self._plain(row, self.plain, new) | self._own_keys(row)
        if new:
            params.setdefault("type", "plan")
            params.setdefault("item_family_id", FAMILY)
            # A name must be the only one of its kind; customers read the other.
            shown = params.get("external_name") or params.get("name")
            params["external_name"] = shown
            params["name"] = f"{shown} ({own_id(row.key)})"
        return params


class ItemPriceWriter(ChargebeeWriter):
    """Product and currency of a price are settled for good."""

    path = "item_prices"
    name = "item_price"
    own = "metadata"
    fixed = frozenset({"item_id", "billing.currency"})
    writable = (
        *fixed,
        *("billing.name", "billing.amount", "billing.tiers", "billing.interval"),
        *("billing.interval_count", "billing.billing_scheme", "metadata"),
    )

    def _params(self, row, new):
        values = row.values
        params = self._own_keys(row)
        name = values.get("billing.name")
        if new:
            # A name must be the only one of its kind; customers read the other.
            params["name"] = own_id(row.key)
            params["item_id"] = values.get("item_id")
            params["currency_code"] = values.get("billing.currency")
        if name:
            params["external_name"] = name
        params |= self._priced(row, new)
        if values.get("billing.interval"):
            params["period_unit"] = values["billing.interval"]
            params["period"] = values.get("billing.interval_count") or 1
        return params

    def _priced(self, row, new):
        values, params = row.values, {}
        scheme = values.get("billing.billing_scheme")
        tiers = values.get("billing.tiers")
        if new or scheme:
            params["pricing_model"] = MODELS.get(scheme, "per_unit")
        if not tiers and values.get("billing.amount") is None:
            return params
        currency = values.get("billing.currency") or self._currency(row)
        if tiers:
            params["tiers"] = _tiers(tiers, scheme, currency)
        else:
            params["price"] = _minor(values["billing.amount"], currency)
        return params

    def _currency(self, row):
        reply = self.client.get(self._path(row.remote_id or own_id(row.key)))
        return reply.data[self.name]["currency_code"]


def _minor(amount, currency):
    try:
        return money.minor(amount, currency)
    except ValueError as error:
        raise errors.InvalidRecord(
            f"Chargebee takes no amounts as {amount} {currency}.",
            code="refused",
            params={"property": "price"},
        ) from error


def _tiers(tiers, scheme, currency):
    """Steps with where they begin. [SDK] ItemPrice.CreateTierParams"""
    found, start = [], 1
    for tier in tiers:
        whole = tier.get("flat_amount") is not None and not tier.get("unit_amount")
        if tier.get("flat_amount") and tier.get("unit_amount"):
            raise errors.InvalidRecord(
                "Chargebee takes no steps with an amount for the step and one for each"
                " unit.",
                code="refused",
                params={"property": "tiers"},
            )
        amount = tier.get("flat_amount") if whole else tier.get("unit_amount")
        params = {"starting_unit": start, "price": _minor(amount or "0", currency)}
        if tier.get("up_to") is not None:
            params["ending_unit"] = tier["up_to"]
            start = int(tier["up_to"]) + 1
        if whole:
            params["pricing_type"] = "flat_fee"
        elif scheme == "package":
            params["pricing_type"] = "package"
        found.append(params)
    return found


#: Stream -> what writes it.
WRITERS = {
    "customers": CustomerWriter,
    "items": ItemWriter,
    "item_prices": ItemPriceWriter,
    "subscriptions": SubscriptionWriter,
    "usage": UsageWriter,
}


def writer_of(client, stream):
    """The writer of a stream; ``None`` where Chargebee is only read."""
    found = WRITERS.get(stream)
    return found and found(client)


def is_writable(stream, name):
    """Whether a remote path of a stream can be sent."""
    found = WRITERS.get(stream)
    names = found.writable if found else ()
    return any(name == each or name.startswith(f"{each}.") for each in names)


def prepare(client, stream):
    """Make sure that there is a family for items that are made in Odoo."""
    if stream != "items":
        return
    try:
        client.get(path("item_families", FAMILY))
    except errors.RemoteNotFound:
        params = {"id": FAMILY, "name": "Odoo"}
        try:
            ask.post(client, path("item_families"), params, f"item_family:{FAMILY}")
        except errors.InvalidRecord as error:
            # Another worker may have made it in between.
            if error.params.get("vendor_code") != "duplicate_entry":
                raise
