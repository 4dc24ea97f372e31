"""What a reader looks up beside the objects that it reads, once for each reader.

Lines name tax rates and prices by their ids only, at least since basil.
"""

from odoo.addons.connector_base.engine import errors

from . import ask
from .endpoints import below


class ReferenceData:
    """Tax rates, prices and meters, fetched when first asked for.

    :param client: ``HttpClient`` that knows the version of the API
    """

    def __init__(self, client):
        self.client = client
        self._tax_rates = None
        self._prices = {}
        self._meters = {}
        self._metered = None

    def tax_rate(self, rate_id):
        """Stripe's tax rate of an id; an empty dict where it has none any more."""
        if self._tax_rates is None:
            # The newest hundred are one request, and mostly all of them.
            data = ask.page(self.client, "v1/tax_rates").data
            self._tax_rates = {rate["id"]: rate for rate in data["data"]}
        return self._one(self._tax_rates, "v1/tax_rates", rate_id)

    def price(self, price_id):
        """Stripe's price of an id, with its tiers."""
        return self._one(self._prices, "v1/prices", price_id, ("tiers",))

    def meter(self, meter_id):
        """Stripe's meter of an id."""
        return self._one(self._meters, "v1/billing/meters", meter_id)

    def is_metered(self, price_id):
        """Whether a price is billed by what was used."""
        if self._metered is None:
            found = ask.everything(
                self.client, "v1/prices", (("recurring[usage_type]", "metered"),)
            )
            self._metered = {
                price["id"]
                for price in found
                if (price.get("recurring") or {}).get("usage_type") == "metered"
            }
        return price_id in self._metered

    def _one(self, known, path, object_id, expand=()):
        if object_id not in known:
            try:
                found = ask.one(self.client, below(path, object_id), expand).data
            except errors.RemoteNotFound:
                found = {}
            known[object_id] = found
        return known[object_id]
