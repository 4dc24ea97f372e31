"""Writes of subscriptions and of what was used."""

from decimal import Decimal, InvalidOperation

from ..billing.model import Phase, Price, UsageEvent
from ..routing import Reply
from . import errors, facts, specs
from .render_subscription import used_for
from .writing_catalogue import duplicate, own_metadata, replaced


class SubscriptionWriting:
    """Handlers; each answers with the subscription, its customer, and the documents
    that were made."""

    def __init__(self, site, resources, catalogue):
        self.site = site
        self.engine = site.engine
        self.store = site.store
        self.resources = resources
        self.live = catalogue.live

    def routes(self):
        """(method, path, handler)."""
        one = "/subscriptions/{id}"
        return [
            ("POST", "/customers/{id}/subscription_for_items", self.create),
            ("POST", f"{one}/update_for_items", self.update),
            ("POST", f"{one}/cancel_for_items", self.cancel),
            ("POST", f"{one}/remove_scheduled_cancellation", self.undo_cancel),
            ("POST", f"{one}/pause", self.pause),
            ("POST", f"{one}/resume", self.resume),
            ("POST", f"{one}/usages", self.use),
            ("POST", f"{one}/delete_usage", self.delete_usage),
        ]

    # Subscriptions

    def create(self, request):
        given = specs.SUBSCRIPTION_CREATE.parse(request)
        customer = self.live("customer", request.params["id"])
        record_id = given.get("id")
        if record_id and self.resources.find("subscription", record_id):
            raise duplicate("id", record_id)
        items, charges = self._items(given)
        if not any(kind == "plan" for kind, _price, _quantity in items):
            raise errors.wrong(
                "subscription_items[item_price_id][0]", "a plan item price is needed"
            )
        values = {}
        if "auto_collection" in given:
            values["collection"] = _collection(given)
        if "net_term_days" in given:
            values["terms_days"] = given["net_term_days"]
        if given.get("trial_end"):
            values["trial_end"] = given["trial_end"]
        elif "trial_end" not in given:
            price = self.store.get(Price, items[0][1])
            values["trial_days"] = price.trial_days
        if "start_date" in given:
            values["start"] = given["start_date"]
        extra = {"po_number": given["po_number"]} if "po_number" in given else {}
        seen = self._seen()
        for price, quantity in charges:
            self.engine.invoices.add_item(customer, price=price, quantity=quantity)
        made = self.engine.subscriptions.subscribe(
            customer,
            [(price, quantity) for _kind, price, quantity in items],
            id=record_id,
            coupons=self._coupons(given),
            metadata=own_metadata(given, "meta_data"),
            extra=extra,
            **values,
        )
        return self._reply(made, seen)

    def update(self, request):
        given = specs.SUBSCRIPTION_UPDATE.parse(request)
        found = self.live("subscription", request.params["id"])
        seen = self._seen()
        self._update_fields(found, given)
        if given.get("subscription_items"):
            self._update_items(found, given)
        for coupon in self._coupons(given):
            if coupon.id not in {each.coupon for each in found.discounts}:
                self.engine.subscriptions.add_discount(found, coupon)
        return self._reply(found, seen)

    def _update_fields(self, found, given):
        values = {}
        if "auto_collection" in given:
            values["collection"] = _collection(given)
        if "net_term_days" in given:
            values["terms_days"] = given["net_term_days"]
        if "po_number" in given:
            values["extra"] = {**found.extra, "po_number": given["po_number"]}
        if own_metadata(given, "meta_data"):
            values["metadata"] = replaced(found, given, "meta_data")
        if values:
            self.store.change(found, "changed", **values)

    def _update_items(self, found, given):
        items, charges = self._items(given)
        known = {each.price: each for each in found.items}
        plan = next((each for each in found.items if self._kind(each) == "plan"), None)
        wanted = []
        for kind, price, quantity in items:
            item = known.get(price) or (plan if kind == "plan" else None)
            wanted.append((item.id if item else None, price, quantity))
        if not given.get("replace_items_list"):
            taken = {item_id for item_id, _price, _quantity in wanted}
            wanted += [
                (each.id, each.price, each.quantity)
                for each in found.items
                if each.id not in taken
            ]
        option = given.get("change_option")
        if given.get("end_of_term") or option == "end_of_term":
            return self._schedule(found, wanted, found.period_end)
        if option == "specific_date":
            return self._schedule(found, wanted, given["changes_scheduled_at"])
        for price, quantity in charges:
            self.engine.invoices.add_item(
                found.customer, price=price, quantity=quantity, subscription=found.id
            )
        self.engine.subscriptions.change_items(found, wanted, _proration(given))
        return found

    def _schedule(self, found, wanted, moment):
        now = tuple((each.price, each.quantity) for each in found.items)
        then = tuple((price, quantity) for _id, price, quantity in wanted)
        phases = (Phase(found.period_start, moment, now), Phase(moment, None, then))
        return self.engine.subscriptions.plan(found, phases)

    def cancel(self, request):
        given = specs.CANCEL.parse(request)
        found = self.live("subscription", request.params["id"])
        option = given.get("cancel_option", "immediately")
        if given.get("end_of_term"):
            option = "end_of_term"
        if option == "specific_date" and "cancel_at" not in given:
            raise errors.blank("cancel_at")
        seen = self._seen()
        self.engine.subscriptions.cancel(
            found,
            at_period_end=option == "end_of_term",
            at=given["cancel_at"] if option == "specific_date" else None,
            reason=given.get("cancel_reason_code"),
            prorate=given.get("credit_option_for_current_term_charges") == "prorate",
            invoice_now=given.get("unbilled_charges_option") == "invoice",
        )
        return self._reply(found, seen)

    def undo_cancel(self, request):
        specs.NOTHING.parse(request)
        found = self.live("subscription", request.params["id"])
        if found.cancel_at is None and not found.cancel_at_period_end:
            raise errors.state("The subscription has no scheduled cancellation")
        self.engine.subscriptions.undo_cancel(found)
        return self._reply(found, self._seen())

    def pause(self, request):
        given = specs.PAUSE.parse(request)
        found = self.live("subscription", request.params["id"])
        seen = self._seen()
        self.engine.subscriptions.pause(found, given.get("resume_date"))
        return self._reply(found, seen)

    def resume(self, request):
        specs.RESUME.parse(request)
        found = self.live("subscription", request.params["id"])
        seen = self._seen()
        self.engine.subscriptions.resume(found)
        return self._reply(found, seen)

    def _items(self, given):
        """``([(item type, price id, quantity)], [(charge price, quantity)])``."""
        items, charges = [], []
        for at, row in enumerate(given["subscription_items"]):
            param = f"subscription_items[item_price_id][{at}]"
            price = self.live("item_price", row["item_price_id"], param)
            if not price.active:
                raise errors.wrong(param, f"{price.id} is archived")
            if "unit_price" in row and row["unit_price"] != price.amount:
                raise errors.wrong(
                    f"subscription_items[unit_price][{at}]",
                    "price override is not enabled",
                )
            kind = self.site.product(price.id).item
            quantity = row.get("quantity", 1)
            if kind == "charge":
                charges.append((price, quantity))
            else:
                items.append((kind, price.id, quantity))
        items.sort(key=lambda item: item[0] != "plan")
        return items, charges

    def _kind(self, item):
        return self.site.product(item.price).item

    def _coupons(self, given):
        ids = [*given.get("coupon_ids", ()), *filter(None, [given.get("coupon")])]
        found = []
        for at, coupon_id in enumerate(ids):
            coupon = self.live("coupon", coupon_id, f"coupon_ids[{at}]")
            if not coupon.active:
                raise errors.wrong(f"coupon_ids[{at}]", f"{coupon_id} is archived")
            found.append(coupon)
        return found

    def _seen(self):
        return len(self.store.log)

    def _reply(self, found, seen):
        """With the invoices and credit notes made since. [SDK *ForItemsResponse]"""
        entry = self.resources.entry("subscription", found)
        for change in self.store.log[seen:]:
            if change.kind != "created":
                continue
            if change.type == "invoice":
                made = self.resources.find("invoice", change.id)
                entry["invoice"] = self.resources.shape("invoice", made)
            if change.type == "credit_note":
                made = self.resources.find("credit_note", change.id)
                shape = self.resources.shape("credit_note", made)
                entry.setdefault("credit_notes", []).append(shape)
        return Reply(200, entry)

    # What was used

    def use(self, request):
        """One usage for one item price and moment. [S usages]"""
        given = specs.USAGE.parse(request)
        found = self.live("subscription", request.params["id"])
        item = next(
            (each for each in found.items if each.price == given["item_price_id"]), None
        )
        if item is None:
            raise errors.wrong("item_price_id", "is not in the subscription")
        if not self.store.get(Price, item.price).metered:
            raise errors.wrong("item_price_id", "is not metered")
        quantity = _quantity(given["quantity"])
        known = self.store.by(UsageEvent, "subscription", found.id)
        if twin := self._twin(known, given):
            return self._again(twin, given, quantity)
        if given.get("id") and self.resources.find("usage", given["id"]):
            raise duplicate("id", given["id"])
        if len(known) >= facts.USAGE_LIMIT:
            raise errors.refuse(
                400, "resource_limit_exceeded", "The limit of usages is reached"
            )
        made = self.engine.usage.report(
            id=given.get("id") or self.engine.new_id("usage"),
            customer=found.customer,
            value=quantity,
            moment=given["usage_date"],
            subscription=found.id,
            item=item.id,
            extra={"note": given.get("note"), "source": "api"},
        )
        return Reply(200, self.resources.entry("usage", made))

    def _twin(self, known, given):
        for each in known:
            if (
                not each.deleted
                and each.moment == given["usage_date"]
                and used_for(self.site, each)[1] == given["item_price_id"]
            ):
                return each
        return None

    def _again(self, twin, given, quantity):
        option = given.get("dedupe_option")
        if option is None:
            raise errors.wrong("usage_date", "there is a usage at that time already")
        if option == "update_existing":
            self.store.change(twin, value=quantity)
        return Reply(200, self.resources.entry("usage", twin))

    def delete_usage(self, request):
        given = specs.USAGE_DELETE.parse(request)
        self.live("subscription", request.params["id"])
        found = self.live("usage", given["id"], "id")
        self.engine.delete(found)
        return Reply(200, self.resources.entry("usage", found))


def _collection(given):
    return "automatic" if given["auto_collection"] == "on" else "invoice"


def _proration(given):
    """How the engine calls it; prorated and invoiced at once by default, which a
    site's settings may change. [S update-subscription-for-items]"""
    if not given.get("prorate", True):
        return "none"
    return "invoice" if given.get("invoice_immediately", True) else "create"


def _quantity(text):
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise errors.wrong("quantity", f"invalid value {text!r}") from None
    if value < 0 or value != value.to_integral_value():
        raise errors.wrong("quantity", "should be a whole number")  # of this simulator
    return int(value)
