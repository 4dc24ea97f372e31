"""The vendors that can bill for the company, as far as they differ here."""

import base64
import json
import time

from simulators import ChargebeeSimulator, StripeSimulator
from simulators.billing import truth
from simulators.stripe.webhooks import sign

from odoo.addons.connector_billing.providers.chargebee.lines import tax_name
from odoo.addons.connector_billing.providers.chargebee.webhook import USER

SECRET = "secret_of_the_year_0123456789"


class Stripe:
    """Bills, and keeps the money until it pays it out."""

    name, provider = "Stripe", "stripe"

    def __init__(self, clock, seed):
        """``simulator`` has an empty account at the clock's time."""
        self.simulator = StripeSimulator(clock=clock, seed=seed)
        self.engine = self.simulator.engine

    def truth(self):
        """What the books must say of what the vendor tells."""
        return truth(self.engine, tells_losses=False)

    def tax_value(self, rate):
        """By what the value map knows a tax rate of the engine."""
        return rate.id

    def events(self):
        """All events, oldest first."""
        return list(self.simulator.events.all)

    def body(self, event):
        """What a webhook posts: the object as it was at the time of the event."""
        return json.dumps(self.simulator.events.body(event)).encode()

    def headers(self, body):
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(SECRET, int(time.time()), body),
        }


class Chargebee:
    """Bills; a gateway keeps the money, of which Chargebee doesn't tell."""

    name, provider = "Chargebee", "chargebee"

    def __init__(self, clock, seed):
        self.simulator = ChargebeeSimulator(clock=clock, seed=seed)
        self.engine = self.simulator.engine

    def truth(self):
        return truth(self.engine, balance=False)

    def tax_value(self, rate):
        told = {
            "tax_name": rate.name,
            "tax_rate": float(rate.percent),
            "tax_juris_type": "state" if rate.state else "country",
            "tax_juris_code": rate.state or rate.country,
        }
        return tax_name(told, rate.inclusive)

    def events(self):
        return list(self.simulator.events.rows)

    def body(self, event):
        shape = self.simulator.events.shape(event)
        return json.dumps({**shape, "webhook_status": "scheduled"}).encode()

    def headers(self, _body):
        pair = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
        return {
            "Content-Type": "application/json;charset=utf-8",
            "Authorization": f"Basic {pair}",
        }


VENDORS = {each.provider: each for each in (Stripe, Chargebee)}
