"""Writes of usage: meter events, and usage records before basil."""

from ..billing import model
from . import errors, facts
from .lists import list_of
from .writing import Writing


class WritingUsage(Writing):
    """See the module."""

    def routes(self):
        """As :class:`.reading.Reading`."""
        path, kind = "billing/meter_events", "billing.meter_event"
        yield "POST", path, kind, False, self.create_event
        path = "subscription_items/{id}/usage_record"
        yield "POST", f"{path}s", "usage_record", False, self.create_record
        kind = "usage_record_summary"
        yield "GET", f"{path}_summaries", kind, True, self.list_summaries

    def create_event(self, call):
        """[S api/billing/meter-event/create; duplicates and texts M]"""
        name = call.get("event_name")
        rows = self.account.rows(model.Meter)
        meters = [each for each in rows if each.event_name == name and each.active]
        if not meters:
            text = f"No active meter found for event name: {name}"
            raise errors.invalid(call.request, text, "event_name")
        payload = call.get("payload")
        if not isinstance(payload, dict):
            raise errors.invalid(call.request, "Invalid hash", "payload")
        customer, value = self._payload(call, payload)
        now = self.engine.now()
        moment = call.get("timestamp", now)
        if not now - facts.METER_PAST <= moment <= now + facts.METER_AHEAD:
            text = (
                "The timestamp must be within the past 35 calendar days or up to 5 "
                "minutes in the future."
            )
            raise errors.invalid(call.request, text, "timestamp")
        identifier = call.get("identifier") or self.engine.new_id("usage")
        if self.store.find(model.UsageEvent, identifier):
            text = f"An event already exists with identifier {identifier}."
            code = "duplicate_meter_event"
            raise errors.invalid(call.request, text, "identifier", code)
        event = self.engine.usage.report(
            id=identifier,
            customer=customer,
            value=value,
            moment=moment,
            meter=meters[0],
        )
        return {
            "object": "billing.meter_event",
            "created": event.created,
            "event_name": name,
            "identifier": identifier,
            "livemode": self.account.facts["livemode"],
            "payload": payload,
            "timestamp": moment,
        }

    def _payload(self, call, payload):
        for name in ("stripe_customer_id", "value"):
            if not payload.get(name):
                raise errors.missing_parameter(call.request, f"payload[{name}]")
        param = "payload[stripe_customer_id]"
        wanted = payload["stripe_customer_id"]
        customer = self.reading.find(call, model.Customer, wanted, param)
        value = payload["value"]
        if not value.removeprefix("-").isdigit():
            text = f"Invalid value: {value}"
            raise errors.invalid(call.request, text, "payload[value]")
        return customer, int(value)

    def create_record(self, call):
        """``set`` takes the place of what was told of that moment."""
        owner, item = self.reading.find_item(call)
        price = self.store.get(model.Price, item.price)
        if not price.metered:
            text = "You can only create usage records for metered prices."
            raise errors.invalid(call.request, text)
        now = self.engine.now()
        moment = call.get("timestamp", now)
        moment = now if moment == "now" else moment
        if not owner.period_start <= moment <= now + facts.METER_AHEAD:
            text = "The timestamp must be within the current period."
            raise errors.invalid(call.request, text, "timestamp")
        if call.get("action", "increment") == "set":
            end = moment + 1
            for each in self.engine.usage.events(owner, item, moment, end):
                self.store.delete(each)
        event = self.engine.usage.report(
            id=self.engine.new_id("usage"),
            customer=owner.customer,
            value=call.get("quantity"),
            moment=moment,
            subscription=owner,
            item=item.id,
        )
        return {
            "id": event.id,
            "object": "usage_record",
            "livemode": self.account.facts["livemode"],
            "quantity": event.value,
            "subscription_item": item.id,
            "timestamp": moment,
        }

    def list_summaries(self, call):
        owner, item = self.reading.find_item(call)
        start, end = owner.period_start, owner.period_end
        data = [
            {
                "id": f"sis_{item.id}",
                "object": "usage_record_summary",
                "invoice": None,
                "livemode": self.account.facts["livemode"],
                "period": {"end": end, "start": start},
                "subscription_item": item.id,
                "total_usage": self.engine.usage.total(owner, item, start, end),
            }
        ]
        return list_of(data, call.request.path)
