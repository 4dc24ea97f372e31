"""Writers of customers, products, prices and coupons, and which writes what.

Source: OpenAPI, ``post`` of each path [S].
"""

from odoo.addons.connector_base.engine import errors

from . import ask, form, money
from .endpoints import KEY, below
from .errors import VENDOR
from .writer import StripeWriter, own_id
from .writer_subscription import SubscriptionWriter
from .writer_usage import UsageWriter


class CustomerWriter(StripeWriter):
    path = "v1/customers"
    writable = (
        *("name", "email", "phone", "description", "tax_exempt", "metadata"),
        "address",
    )

    def _find(self, row):
        email = row.values.get("email")
        if email:
            params = (("email", email),)
            return self._with_key(row, ask.everything(self.client, self.path, params))
        query = {"query": f"metadata['{KEY}']:{form.quoted(row.key)}"}
        try:
            data = self.client.get(f"{self.path}/search", query).data
        except (errors.InvalidRecord, errors.RemoteNotFound):
            # Accounts of some countries have no search: the idempotency key is left.
            return None
        return self._with_key(row, ask.objects(data))

    def _archive(self, row):
        raise errors.InvalidRecord(
            f"{VENDOR} has no archive of customers, and to delete one ends all of its"
            " subscriptions. Do so there if that is what you want.",
            code="refused",
        )


class ProductWriter(StripeWriter):
    path = "v1/products"
    writable = ("name", "description", "active", "unit_label", "url", "metadata")

    def _find(self, row):
        return self._with_id(row)

    def _key_params(self, row):
        return {"id": own_id(row.key)}


class PriceWriter(StripeWriter):
    """All of a price but its name and whether it is offered is settled for good."""

    path = "v1/prices"
    names = {"billing.name": "nickname"}
    fixed = frozenset(
        {
            *("product", "billing.currency", "billing.amount", "billing.tiers"),
            *("billing.interval", "billing.interval_count", "billing.metered"),
            "billing.billing_scheme",
        }
    )
    writable = (*fixed, "billing.name", "nickname", "active", "metadata")

    def _find(self, row):
        params = (("lookup_keys[]", row.key),)
        data = ask.page(self.client, self.path, params).data
        return next(iter(data["data"]), None)

    def _key_params(self, row):
        return {"lookup_key": row.key}

    def _own(self, row, new):
        return price_params(row.values) if new else {}


def price_params(values):
    """The parameters of a new price, of the parts of entity ``billing.price``."""
    currency = (values.get("billing.currency") or "").upper()
    params = {"currency": currency.lower()}
    interval = values.get("billing.interval")
    if interval:
        params["recurring"] = {
            "interval": interval,
            "interval_count": values.get("billing.interval_count") or 1,
            "usage_type": "metered" if values.get("billing.metered") else "licensed",
        }
    if values.get("billing.tiers"):
        volume = values.get("billing.billing_scheme") == "volume"
        params["billing_scheme"] = "tiered"
        params["tiers_mode"] = "volume" if volume else "graduated"
        params["tiers"] = [
            _tier(tier, currency) for tier in values["billing.tiers"] or []
        ]
    elif values.get("billing.amount") is not None:
        amount = values["billing.amount"]
        params["unit_amount_decimal"] = money.minor(amount, currency)
    return params


def _tier(tier, currency):
    params = {"up_to": "inf" if tier.get("up_to") is None else tier["up_to"]}
    for name in ("unit_amount", "flat_amount"):
        if tier.get(name) is not None:
            params[f"{name}_decimal"] = money.minor(tier[name], currency)
    return params


class CouponWriter(StripeWriter):
    """Only the name of a coupon can be changed."""

    path = "v1/coupons"
    names = {"billing.percent": "percent_off"}
    fixed = frozenset(
        {
            *("billing.percent", "billing.amount", "billing.currency"),
            *("duration", "duration_in_months"),
        }
    )
    writable = (*fixed, "name", "metadata")

    def _find(self, row):
        return self._with_id(row)

    def _key_params(self, row):
        return {"id": own_id(row.key)}

    def _own(self, row, new):
        amount = row.values.get("billing.amount")
        currency = row.values.get("billing.currency")
        if not new or amount is None or not currency:
            return {}
        minor = money.minor(amount, currency.upper())
        return {"amount_off": minor, "currency": currency.lower()}

    def _archive(self, row):
        """Nobody gets it any more; who has it keeps it."""
        path = below(self.path, row.remote_id)
        return self._result(row, self.client.request("DELETE", path, safe=True))


#: Stream -> what writes it.
WRITERS = {
    "customers": CustomerWriter,
    "products": ProductWriter,
    "prices": PriceWriter,
    "coupons": CouponWriter,
    "subscriptions": SubscriptionWriter,
    "usage": UsageWriter,
}


def writer_of(client, stream):
    """The writer of a stream; ``None`` where Stripe is only read."""
    found = WRITERS.get(stream)
    return found and found(client)


def is_writable(stream, path):
    """Whether a remote path of a stream can be sent."""
    found = WRITERS.get(stream)
    names = found.writable if found else ()
    return any(path == name or path.startswith(f"{name}.") for name in names)
