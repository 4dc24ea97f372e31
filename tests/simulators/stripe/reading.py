"""GET: lists with their filters, single objects, nested lists."""

from ..billing import model
from ..routing import Refusal
from . import (
    errors,
    render_contracts,
    render_documents,
    render_lines,
    render_money,
    render_parties,
)
from .account import newest_first
from .lists import in_range, list_of, page
from .resources import INDEXED, NEW_ONLY, RESOURCES, within
from .view import RENDERED


class Reading:
    """What can be read; a handler is given ``(call)`` (:class:`.api.Call`)."""

    def __init__(self, account):
        self.account = account

    def routes(self):
        """``(method, path, kind of the answer, whether a list, handler)``."""
        yield "GET", "account", "account", False, self.read_account
        yield "GET", "balance", "balance", False, self.read_balance
        for path, (cls, _filters) in RESOURCES.items():
            kind = RENDERED[cls][0]
            yield "GET", path, kind, True, self.list_objects
            yield "GET", f"{path}/{{id}}", kind, False, self.read_object
        for path, kind, handler in (
            ("charges/{id}/refunds", "refund", self.list_refunds),
            ("credit_notes/{id}/lines", "credit_note_line_item", self.list_credit),
            ("customers/{id}/tax_ids", "tax_id", self.list_tax_ids),
            ("invoices/{id}/lines", "line_item", self.list_lines),
            ("subscription_items", "subscription_item", self.list_items),
            ("subscription_schedules", "subscription_schedule", self.list_schedules),
        ):
            yield "GET", path, kind, True, handler
        path, kind = "customers/{id}/tax_ids/{tax_id}", "tax_id"
        yield "GET", path, kind, False, self.read_tax_id
        path, kind = "subscription_items/{id}", "subscription_item"
        yield "GET", path, kind, False, self.read_item
        path, kind = "subscription_schedules/{id}", "subscription_schedule"
        yield "GET", path, kind, False, self.read_schedule

    # Account

    def read_account(self, _call):
        known = self.account.facts
        return {
            "id": known["id"],
            "object": "account",
            "business_profile": {"name": known["name"]},
            "business_type": "company",
            "capabilities": {"card_payments": "active", "transfers": "active"},
            "charges_enabled": True,
            "country": known["country"],
            "default_currency": known["currency"],
            "details_submitted": True,
            "email": known["email"],
            "payouts_enabled": True,
            "settings": {
                "dashboard": {"display_name": known["name"], "timezone": "Etc/UTC"},
                "payouts": {
                    "debit_negative_balances": True,
                    "schedule": {"delay_days": 2, "interval": "daily"},
                    "statement_descriptor": None,
                },
            },
            "type": "standard",
        }

    def read_balance(self, call):
        return render_money.balance(call.view)

    # Objects

    def resource(self, call):
        """``(engine's type, filters)`` of the path."""
        parts = call.request.template.strip("/").split("/")[1:]
        path = "/".join(part for part in parts if not part.startswith("{"))
        if path in NEW_ONLY and not call.view.new:
            raise Refusal(errors.no_route(call.request))
        return RESOURCES[path]

    def list_objects(self, call):
        cls, filters = self.resource(call)
        given = dict(call.given)
        rows = self._candidates(cls, given)
        if cls is model.Subscription and "status" not in given:
            rows = [each for each in rows if each.status != "cancelled"]
        filters = {"created": within("created"), **filters}
        for name, keep in filters.items():
            wanted = given.get(name)
            if wanted is not None:
                rows = [each for each in rows if keep(call.view, each, wanted)]
        return self.page(call, rows, RENDERED[cls][0], call.view.render)

    def _candidates(self, cls, given):
        for name, value in given.items():
            field = INDEXED.get((cls, name))
            if field and value is not None:
                rows = self.account.store.by(cls, field, value)
                visible = self.account.is_visible
                return newest_first([each for each in rows if visible(each)])
        return self.account.rows(cls)

    def page(self, call, rows, what, render):
        """The list object of one page."""
        chosen, body = page(call.request, rows, call.given, call.request.path, what)
        body["data"] = [render(each) for each in chosen]
        return body

    def read_object(self, call):
        cls, _filters = self.resource(call)
        return call.view.render(self.find(call, cls))

    def find(self, call, cls, id=None, param="id"):
        """The object that the path, or a parameter, names; 404 or 400 for none.

        A deleted customer is still found.
        """
        id = call.request.params["id"] if id is None else id
        obj = self.account.store.find(cls, id)
        known = obj is not None and (
            self.account.is_visible(obj)
            or (param == "id" and isinstance(obj, model.Customer))
        )
        if not known:
            raise errors.no_such(call.request, RENDERED[cls][0], id, param)
        return obj

    # Nested lists

    def list_refunds(self, call):
        payment = self.find(call, model.Payment)
        rows = self.account.refunds(payment.id)
        return self.page(call, rows, "refund", call.view.render)

    def list_lines(self, call):
        invoice = self.find(call, model.Invoice)

        def render(each):
            return render_lines.line(call.view, invoice, each)

        return self.page(call, list(invoice.lines), "line item", render)

    def list_credit(self, call):
        note = self.find(call, model.CreditNote)

        def render(each):
            return render_documents.credit_line(call.view, each)

        return self.page(call, list(note.lines), "line item", render)

    def list_tax_ids(self, call):
        customer = self.find(call, model.Customer)
        data = render_parties.tax_ids(call.view, customer)
        return list_of(data, call.request.path)

    def read_tax_id(self, call):
        customer = self.find(call, model.Customer)
        wanted = call.request.params["tax_id"]
        for body in render_parties.tax_ids(call.view, customer):
            if body["id"] == wanted:
                return body
        raise errors.no_such(call.request, "tax_id", wanted)

    def list_items(self, call):
        wanted = call.given["subscription"]
        owner = self.find(call, model.Subscription, wanted, "subscription")

        def render(each):
            return render_contracts.item(call.view, owner, each)

        return self.page(call, list(owner.items), "subscription_item", render)

    def read_item(self, call):
        owner, item = self.find_item(call)
        return render_contracts.item(call.view, owner, item)

    def find_item(self, call):
        """``(subscription, item)`` of the item that the path names."""
        wanted = call.request.params["id"]
        found = self.account.item(wanted)
        if found is None:
            raise errors.no_such(call.request, "subscription_item", wanted)
        return found

    def list_schedules(self, call):
        rows = self.account.schedules()
        given = call.given
        if given.get("customer"):
            rows = [each for each in rows if each.customer == given["customer"]]
        if given.get("scheduled"):
            rows = [each for each in rows if each.status == "future"]
        rows = [each for each in rows if in_range(each.created, given.get("created"))]
        named = [_Named(each.schedule, each) for each in rows]

        def render(each):
            return render_contracts.schedule(call.view, each.owner)

        return self.page(call, named, "subscription_schedule", render)

    def read_schedule(self, call):
        return render_contracts.schedule(call.view, self.find_schedule(call))

    def find_schedule(self, call):
        """The subscription of the schedule that the path names."""
        wanted = call.request.params["id"]
        owner = self.account.schedule(wanted)
        if owner is None:
            raise errors.no_such(call.request, "subscription_schedule", wanted)
        return owner


class _Named:
    """A row that goes by another id."""

    def __init__(self, id, owner):
        self.id = id
        self.owner = owner
