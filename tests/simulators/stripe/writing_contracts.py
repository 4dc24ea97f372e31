"""Writes of subscriptions and their items."""

from ..billing import model
from . import errors, render_contracts
from .writing_catalog import WritingCatalog

PRORATION = {"create_prorations": "create", "always_invoice": "invoice", "none": "none"}
DAY = 86_400


class WritingContracts(WritingCatalog):
    """See the module; prices can be made on the way, as in the catalogue."""

    def routes(self):
        """As :class:`.reading.Reading`."""
        path, kind = "subscriptions", "subscription"
        yield "POST", path, kind, False, self.create_subscription
        yield "POST", f"{path}/{{id}}", kind, False, self.update_subscription
        yield "DELETE", f"{path}/{{id}}", kind, False, self.cancel_subscription
        path, kind = "subscription_items", "subscription_item"
        yield "POST", path, kind, False, self.create_item
        yield "POST", f"{path}/{{id}}", kind, False, self.update_item
        yield "DELETE", f"{path}/{{id}}", kind, False, self.delete_item

    # Subscriptions

    def create_subscription(self, call):
        customer = self.named(call, model.Customer, "customer", required=True)
        given = call.get("items")
        if not given:
            raise errors.missing_parameter(call.request, "items")
        pairs = [
            (self._price(call, each, f"items[{at}]"), each.get("quantity", 1))
            for at, each in enumerate(given)
        ]
        values = self._terms(call)
        trial_end = call.get("trial_end")
        if trial_end is not None and trial_end != "now":
            values["trial_end"] = self._later(call, trial_end, "trial_end")
        if call.get("trial_period_days"):
            values["trial_days"] = call.get("trial_period_days")
        if call.get("billing_cycle_anchor"):
            anchor = call.get("billing_cycle_anchor")
            values["anchor"] = self._later(call, anchor, "billing_cycle_anchor")
        if call.get("backdate_start_date"):
            values["start"] = call.get("backdate_start_date")
        extra = {}
        if call.get("description"):
            extra["description"] = call.get("description")
        for each in call.get("add_invoice_items", []):
            self.engine.invoices.add_item(
                customer,
                price=self._price(call, each, "add_invoice_items"),
                quantity=each.get("quantity", 1),
            )
        made = self.engine.subscriptions.subscribe(
            customer,
            pairs,
            coupons=self.coupons(call),
            metadata=self.metadata(call),
            extra=extra,
            **values,
        )
        self._item_metadata(call, made, zip(made.items, given, strict=True))
        self._schedule_end(call, made)
        return call.view.render(made)

    def _terms(self, call):
        """What the customer's own terms give way to."""
        values = {}
        if call.has("default_tax_rates"):
            ids = call.get("default_tax_rates", [])
            values["tax_rates"] = self.tax_rates(call, ids, "default_tax_rates")
        method = call.get("collection_method")
        if method:
            by_invoice = method == "send_invoice"
            days = call.get("days_until_due")
            if by_invoice and days is None:
                text = (
                    "When collection_method is send_invoice, days_until_due must be "
                    "given."
                )
                raise errors.invalid(call.request, text, "days_until_due")
            values["collection"] = "invoice" if by_invoice else "automatic"
            values["terms_days"] = days or 0
        return values

    def _later(self, call, moment, param):
        if moment == "now" or moment <= self.engine.now():
            text = f"Invalid {param}: must be an integer Unix timestamp in the future"
            raise errors.invalid(call.request, text, param)
        return moment

    def update_subscription(self, call):
        subscription = self._live(call)
        values = self._terms(call)
        if call.has("metadata"):
            values["metadata"] = self.metadata(call, subscription.metadata)
        extra = dict(subscription.extra)
        if call.has("description"):
            extra["description"] = call.get("description")
        extra |= call.get("cancellation_details", {})
        if extra != subscription.extra:
            values["extra"] = extra
        if values:
            self.store.change(subscription, **values)
        if call.get("trial_end") == "now" and subscription.status == "trial":
            self.engine.subscriptions.end_trial(subscription)
        if call.has("discounts") or call.has("coupon"):
            self._set_discounts(call, subscription)
        if call.get("items"):
            self._change_items(call, subscription)
        self._set_pause(call, subscription)
        self._schedule_end(call, subscription)
        return call.view.render(subscription)

    def _live(self, call):
        """The subscription that the path names; a cancelled one takes no changes but
        those of its metadata. [M]"""
        subscription = self.reading.find(call, model.Subscription)
        if subscription.status == "cancelled" and call.given.keys() - {"metadata"}:
            text = (
                "A canceled subscription can only update its cancellation_details and "
                "metadata."
            )
            raise errors.invalid(call.request, text)
        return subscription

    def _set_discounts(self, call, subscription):
        wanted = self.coupons(call)
        for each in render_contracts.in_use(subscription, self.engine.now()):
            if each.coupon in wanted:
                wanted.remove(each.coupon)
            else:
                self.engine.subscriptions.remove_discount(subscription, each.id)
        for each in wanted:
            self.engine.subscriptions.add_discount(subscription, each)

    def _change_items(self, call, subscription):
        """Items that aren't named stay. [S api/subscriptions/update items]"""
        wanted = {
            each.id: [each.id, each.price, each.quantity] for each in subscription.items
        }
        added, described = [], []
        for at, each in enumerate(call.get("items")):
            path = f"items[{at}]"
            if "id" not in each:
                price = self._price(call, each, path)
                added.append((None, price, each.get("quantity", 1)))
                continue
            if each["id"] not in wanted:
                name = f"{path}[id]"
                raise errors.no_such(
                    call.request, "subscription_item", each["id"], name
                )
            if each.get("deleted"):
                del wanted[each["id"]]
                continue
            row = wanted[each["id"]]
            if each.get("price") or each.get("price_data"):
                row[1] = self._price(call, each, path)
            if each.get("quantity") is not None:
                row[2] = each["quantity"]
            described.append((row, each))
        rows = [*map(tuple, wanted.values()), *added]
        self._put(call, subscription, rows)
        known = {each.id: each for each in subscription.items}
        pairs = [(known[row[0]], each) for row, each in described]
        self._item_metadata(call, subscription, pairs)

    def _put(self, call, subscription, rows):
        proration = PRORATION[call.get("proration_behavior", "create_prorations")]
        self.engine.subscriptions.change_items(subscription, rows, proration)

    def _item_metadata(self, call, subscription, pairs):
        kept = dict(subscription.extra.get("items", {}))
        for item, given in pairs:
            if given.get("metadata"):
                before = kept.get(item.id)
                kept[item.id] = self.metadata(call, before, given["metadata"])
        if kept != subscription.extra.get("items", {}):
            extra = {**subscription.extra, "items": kept}
            self.store.change(subscription, extra=extra)

    def _set_pause(self, call, subscription):
        if not call.has("pause_collection"):
            return
        given = call.get("pause_collection")
        if given is None:
            if subscription.status == "paused":
                self.engine.subscriptions.resume(subscription)
            return
        resumes = given.get("resumes_at")
        resumes = int(resumes) if resumes else None
        self.engine.subscriptions.pause(subscription, resumes_at=resumes)

    def _schedule_end(self, call, subscription):
        if call.get("cancel_at_period_end") and not subscription.cancel_at_period_end:
            self.engine.subscriptions.cancel(
                subscription, reason="cancellation_requested"
            )
        at = call.get("cancel_at")
        if at and at != subscription.cancel_at:
            self.engine.subscriptions.cancel(
                subscription,
                at=self._later(call, at, "cancel_at"),
                reason="cancellation_requested",
            )
        undone = call.has("cancel_at") and at is None and subscription.cancel_at
        kept = call.get("cancel_at_period_end") is False
        if undone or (kept and subscription.cancel_at_period_end):
            self.engine.subscriptions.undo_cancel(subscription)

    def cancel_subscription(self, call):
        subscription = self.reading.find(call, model.Subscription)
        if subscription.status == "cancelled":
            raise errors.no_such(call.request, "subscription", subscription.id)
        details = call.get("cancellation_details", {})
        if details:
            self.store.change(subscription, extra={**subscription.extra, **details})
        self.engine.subscriptions.cancel(
            subscription,
            at_period_end=False,
            reason="cancellation_requested",
            prorate=call.get("prorate", False),
            invoice_now=call.get("invoice_now", False),
        )
        return call.view.render(subscription)

    # Items

    def create_item(self, call):
        owner = self.named(call, model.Subscription, "subscription", required=True)
        given = {
            name: call.get(name)
            for name in ("price", "price_data", "quantity", "metadata")
            if call.has(name)
        }
        price = self._price(call, given, "")
        if any(each.price == price.id for each in owner.items):
            text = (
                f"Cannot add multiple subscription items with the same plan: {price.id}"
            )
            raise errors.invalid(call.request, text, "price")
        rows = [(each.id, each.price, each.quantity) for each in owner.items]
        self._put(call, owner, [*rows, (None, price, given.get("quantity", 1))])
        item = owner.items[-1]
        self._item_metadata(call, owner, [(item, given)])
        return render_contracts.item(call.view, owner, item)

    def update_item(self, call):
        owner, item = self.reading.find_item(call)
        price, quantity = item.price, call.get("quantity", item.quantity)
        if call.has("price") or call.has("price_data"):
            given = {"price": call.get("price"), "price_data": call.get("price_data")}
            price = self._price(call, given, "")
        rows = [
            (each.id, price, quantity)
            if each.id == item.id
            else (each.id, each.price, each.quantity)
            for each in owner.items
        ]
        self._put(call, owner, rows)
        item = next(each for each in owner.items if each.id == item.id)
        self._item_metadata(call, owner, [(item, {"metadata": call.get("metadata")})])
        return render_contracts.item(call.view, owner, item)

    def delete_item(self, call):
        owner, item = self.reading.find_item(call)
        rows = [
            (each.id, each.price, each.quantity)
            for each in owner.items
            if each.id != item.id
        ]
        if not rows:
            text = (
                "A subscription must have at least one active plan. You can cancel the "
                "subscription instead."
            )
            raise errors.invalid(call.request, text)
        self._put(call, owner, rows)
        return {"id": item.id, "object": "subscription_item", "deleted": True}

    def _price(self, call, given, path):
        """The price that an item names or describes."""

        def param(name):
            return f"{path}[{name}]" if path else name

        if given.get("price_data"):
            return self.price_of(call, given["price_data"], param("price_data"))
        if not given.get("price"):
            raise errors.missing_parameter(call.request, param("price"))
        price = self.reading.find(call, model.Price, given["price"], param("price"))
        if not price.active:
            text = f"The price specified is inactive: {price.id}"
            raise errors.invalid(call.request, text, param("price"))
        return price
