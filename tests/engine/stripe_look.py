"""Reference data of a Stripe account, without an account."""


class Look:
    """Reference data of an account."""

    rates = {
        "txr_de": {
            "id": "txr_de",
            "display_name": "VAT",
            "percentage": "19.0",
            "country": "DE",
        }
    }
    prices = {}

    def tax_rate(self, rate_id):
        return self.rates.get(rate_id, {})

    def price(self, price_id):
        return self.prices[price_id]

    def meter(self, meter_id):
        return {"event_name": "calls", "default_aggregation": {"formula": "last"}}

    def is_metered(self, price_id):
        return price_id == "price_metered"
