"""A site: the billing engine beneath it, and what only Chargebee makes of its state."""

from ..billing import money
from ..billing.model import CreditNote, Payment, Price, Product

#: The family of products that name none: each item of the catalogue is in one.
FAMILY = "main"


class Site:
    """``engine``: a :class:`~simulators.billing.engine.BillingEngine` with the rules of
    Chargebee. ``families``: id to {name, description, created, updated}, which the
    engine doesn't keep. ``name``: of the site, ``currency``: its base."""

    def __init__(self, engine, name, currency):
        self.engine = engine
        self.store = engine.store
        self.name = name
        self.currency = currency
        self.families = {}
        self._versions = []

    def now(self):
        """Seconds since the epoch."""
        return self.engine.now()

    def version(self, obj):
        """``resource_version`` of an object: milliseconds, rising with each change."""
        log = self.store.log
        while len(self._versions) < len(log):
            last = self._versions[-1] if self._versions else 0
            moment = log[len(self._versions)].moment * 1000
            self._versions.append(max(moment, last + 1))
        return self._versions[obj.version - 1] if obj.version else obj.updated * 1000

    def family(self, product):
        """The id of a product's item family, which is there from now on."""
        family = product.family or FAMILY
        self.families.setdefault(
            family,
            {
                "name": family.replace("-", " ").title(),
                "created": product.created,
                "updated": product.created,
                "deleted": False,
            },
        )
        return family

    def product(self, price_id):
        """The product of a price, or None."""
        price = price_id and self.store.find(Price, price_id)
        return price and self.store.find(Product, price.product)

    def paying(self, invoice):
        """``(payment, amount, moment)`` of what was paid or tried for an invoice."""
        found = []
        for payment in self.store.by(Payment, "customer", invoice.customer):
            parts = [
                each for each in payment.applications if each.invoice == invoice.id
            ]
            found += [(payment, each.amount, each.at) for each in parts]
            if not parts and payment.invoice == invoice.id:
                if payment.status != "succeeded":
                    found.append((payment, payment.amount, payment.created))
        return found

    def crediting(self, invoice):
        """``(credit note, amount, moment)`` of what was taken off an invoice."""
        return [
            (note, each.amount, each.at)
            for note in self.store.by(CreditNote, "customer", invoice.customer)
            for each in note.applications
            if each.invoice == invoice.id and note.status != "void"
        ]


def cents(amount, currency):
    """An amount of the engine as Chargebee writes it: hundredths, or whole units of
    currencies without decimals. None stays None."""
    if amount is None or money.decimals(currency) < 3:
        return amount
    hundredths, rest = divmod(amount, 10)
    if rest:
        raise ValueError(f"{amount} {currency} has a third decimal")
    return hundredths


def unit_price(amount, currency, name):
    """``{name: …}`` of what one unit costs; ``…_in_decimal`` too, in major units, where
    it is no whole number of hundredths. [S currencies, multi-decimal pricing]"""
    if amount is None:
        return {}
    if money.decimals(currency) < 3 or not amount % 10:
        return {name: cents(amount, currency)}
    return {
        name: amount // 10,
        f"{name}_in_decimal": str(money.major(amount, currency)),
    }


def minor(amount, currency):
    """The other way round."""
    if amount is None or money.decimals(currency) < 3:
        return amount
    return amount * 10


def stamped(site, name, obj, **more):
    """What every resource ends with."""
    shape = {
        "created_at": obj.created,
        "updated_at": obj.updated,
        "resource_version": site.version(obj),
        "deleted": obj.deleted,
        "object": name,
        **more,
    }
    return {key: value for key, value in shape.items() if value is not None}


def pruned(shape):
    """Without the keys that have no value: Chargebee leaves them out."""
    return {key: value for key, value in shape.items() if value is not None}


def own_keys(obj, name):
    """The account's own keys: ``cf_`` fields of their own, the rest under ``name``."""
    custom = {key: text for key, text in obj.metadata.items() if key[:3] == "cf_"}
    rest = {key: text for key, text in obj.metadata.items() if key[:3] != "cf_"}
    return {**custom, **({name: rest} if rest else {})}
