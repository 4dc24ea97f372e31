"""Writes of subscription schedules: phases, cancellation and release."""

from ..billing import model
from ..billing.periods import after
from . import errors, render_contracts
from .writing import Writing


class WritingSchedules(Writing):
    """See the module."""

    def routes(self):
        """As :class:`.reading.Reading`."""
        path, kind = "subscription_schedules", "subscription_schedule"
        yield "POST", path, kind, False, self.create
        yield "POST", f"{path}/{{id}}", kind, False, self.update
        yield "POST", f"{path}/{{id}}/cancel", kind, False, self.cancel
        yield "POST", f"{path}/{{id}}/release", kind, False, self.release

    def create(self, call):
        state = {
            "end_behavior": call.get("end_behavior", "release"),
            "metadata": self.metadata(call),
        }
        if call.get("from_subscription"):
            owner = self.named(call, model.Subscription, "from_subscription")
            if owner.schedule:
                text = "The subscription is already attached to a schedule."
                raise errors.invalid(call.request, text, "from_subscription")
            phase = model.Phase(
                owner.period_start,
                owner.period_end,
                tuple((each.price, each.quantity) for each in owner.items),
            )
            self.engine.subscriptions.plan(owner, [phase])
        else:
            owner = self._subscribe(call)
        self.store.change(owner, extra={**owner.extra, "schedule": state})
        self._end(owner, state)
        return render_contracts.schedule(call.view, owner)

    def _subscribe(self, call):
        customer = self.named(call, model.Customer, "customer", required=True)
        if not call.get("phases"):
            raise errors.missing_parameter(call.request, "phases")
        start = call.get("start_date", "now")
        now = self.engine.now()
        start = now if start == "now" else start
        phases = self._phases(call, start)
        first = phases[0]
        settings = call.get("default_settings", {})
        by_invoice = settings.get("collection_method") == "send_invoice"
        due = (settings.get("invoice_settings") or {}).get("days_until_due")
        return self.engine.subscriptions.subscribe(
            customer,
            first.items,
            start=start,
            trial_end=first.trial_end,
            # The engine takes those of a later first phase when that begins.
            coupons=first.coupons if start <= now else (),
            collection="invoice" if by_invoice else None,
            terms_days=int(due) if due else None,
            phases=phases,
        )

    def _phases(self, call, start):
        phases = []
        for at, given in enumerate(call.get("phases")):
            begin = given.get("start_date") or start
            begin = self.engine.now() if begin == "now" else begin
            items = self._items(call, given, at)
            end = self._phase_end(call, given, begin, items, at)
            trial = end if given.get("trial") else given.get("trial_end")
            phases.append(
                model.Phase(begin, end, items, tuple(self._coupons(given)), trial)
            )
            start = end
        return phases

    def _items(self, call, given, at):
        if not given.get("items"):
            raise errors.missing_parameter(call.request, f"phases[{at}][items]")
        rows = []
        for number, each in enumerate(given["items"]):
            name = f"phases[{at}][items][{number}][price]"
            if not each.get("price"):
                raise errors.missing_parameter(call.request, name)
            price = self.reading.find(call, model.Price, each["price"], name)
            rows.append((price.id, each.get("quantity") or 1))
        return tuple(rows)

    def _phase_end(self, call, given, begin, items, at):
        end = given.get("end_date")
        if end is not None:
            if end != "now" and end <= begin:
                text = "The end of a phase must be after its start."
                name = f"phases[{at}][end_date]"
                raise errors.invalid(call.request, text, name)
            return self.engine.now() if end == "now" else end
        duration = given.get("duration")
        if duration:
            count = int(duration.get("interval_count") or 1)
            return after(begin, duration["interval"], count, 1)
        price = self.store.get(model.Price, items[0][0])
        number = given.get("iterations") or 1
        return after(begin, price.interval, price.interval_count, number)

    def _coupons(self, given):
        if given.get("coupon"):
            yield given["coupon"]
        for each in given.get("discounts") or ():
            yield each["coupon"]

    def _end(self, owner, state):
        if state["end_behavior"] == "cancel" and owner.phases[-1].ends:
            self.engine.subscriptions.cancel(owner, at=owner.phases[-1].ends)

    def update(self, call):
        owner = self._running(call)
        state = dict(owner.extra.get("schedule", {}))
        if call.has("metadata"):
            state["metadata"] = self.metadata(call, state.get("metadata"))
        if call.get("end_behavior"):
            state["end_behavior"] = call.get("end_behavior")
        if call.get("phases"):
            start = owner.phases[0].starts if owner.phases else owner.started
            phases = self._phases(call, start)
            self.engine.subscriptions.plan(owner, phases)
            if owner.status != "future":
                self._take_current(call, owner, phases)
        self.store.change(owner, extra={**owner.extra, "schedule": state})
        return render_contracts.schedule(call.view, owner)

    def _take_current(self, call, owner, phases):
        """What the phase of now says about items holds at once."""
        now = self.engine.now()
        current = [each for each in phases if each.starts <= now]
        if not current:
            return
        left = {each.price: each.id for each in owner.items}
        rows = [(left.get(price), price, count) for price, count in current[-1].items]
        words = {"create_prorations": "create", "always_invoice": "invoice"}
        proration = call.get("proration_behavior", "create_prorations")
        self.engine.subscriptions.change_items(
            owner, rows, words.get(proration, "none")
        )

    def _running(self, call):
        owner = self.reading.find_schedule(call)
        status = render_contracts.schedule(call.view, owner)["status"]
        if status not in ("active", "not_started"):
            text = (
                f"You cannot update a subscription schedule that is currently in the "
                f"`{status}` status."
            )
            raise errors.invalid(call.request, text)
        return owner

    def cancel(self, call):
        owner = self._running(call)
        self.engine.subscriptions.cancel(
            owner,
            at_period_end=False,
            reason="cancellation_requested",
            prorate=call.get("prorate", True),
            invoice_now=call.get("invoice_now", True),
        )
        return render_contracts.schedule(call.view, owner)

    def release(self, call):
        owner = self._running(call)
        now = self.engine.now()
        state = {
            **owner.extra.get("schedule", {}),
            "status": "released",
            "released_at": now,
        }
        kept = tuple(each for each in owner.phases if each.starts <= now)
        self.store.change(owner, phases=kept, extra={**owner.extra, "schedule": state})
        return render_contracts.schedule(call.view, owner)
