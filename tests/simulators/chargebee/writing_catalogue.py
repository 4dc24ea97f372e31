"""Writes of customers and of the product catalogue."""

from ..billing.model import Customer, Meter, Price, Product, Tier
from ..billing.store import AlreadyThere
from ..routing import Reply
from . import errors, specs
from .site import minor

SCHEMES = {
    "flat_fee": "flat",
    "per_unit": "per_unit",
    "tiered": "tiered",
    "volume": "volume",
    "stairstep": "volume",
}
#: Fields of a customer that go over as they are: Chargebee's to the engine's.
CUSTOMER = {
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "phone": "phone",
    "preferred_currency_code": "currency",
    "vat_number": "tax_id",
    "net_term_days": "terms_days",
}
ADDRESS = {"city": "city", "zip": "zip", "country": "country"}
AGGREGATIONS = {"sum_of_usages": "sum", "last_usage": "last", "max_usage": "max"}


class CatalogueWriting:
    """Handlers; each answers with the resource that it made or changed."""

    def __init__(self, site, resources, reading):
        self.site = site
        self.engine = site.engine
        self.resources = resources
        self.find = reading.find

    def routes(self):
        """(method, path, handler)."""
        return [
            ("POST", "/customers", self.create_customer),
            ("POST", "/customers/{id}", self.update_customer),
            ("POST", "/customers/{id}/update_billing_info", self.update_billing_info),
            ("POST", "/customers/{id}/delete", self.delete_customer),
            ("POST", "/item_families", self.create_family),
            ("POST", "/items", self.create_item),
            ("POST", "/items/{id}", self.update_item),
            ("POST", "/items/{id}/delete", self._deleting("item")),
            ("POST", "/item_prices", self.create_price),
            ("POST", "/item_prices/{id}", self.update_price),
            ("POST", "/item_prices/{id}/delete", self._deleting("item_price")),
        ]

    # Customers

    def create_customer(self, request):
        given = specs.CUSTOMER_CREATE.parse(request)
        values = _customer(given)
        values.setdefault("is_company", bool(given.get("company")))
        values.setdefault("name", _name(values))
        made = self._make(Customer, given.get("id"), **values)
        return self._reply("customer", made)

    def update_customer(self, request):
        given = specs.CUSTOMER_UPDATE.parse(request)
        return self._change_customer(request, given)

    def update_billing_info(self, request):
        given = specs.BILLING_INFO.parse(request)
        return self._change_customer(request, given)

    def _change_customer(self, request, given):
        found = self.live("customer", request.params["id"])
        values = _customer(given)
        if not found.is_company and "name" not in values:
            parts = {
                "first_name": found.first_name,
                "last_name": found.last_name,
                **values,
            }
            if "first_name" in values or "last_name" in values:
                values["name"] = _name(parts) or found.name
        if "metadata" in values:
            values["metadata"] = replaced(found, given, "meta_data")
        self.engine.update(found, **values)
        return self._reply("customer", found)

    def delete_customer(self, request):
        specs.DELETE.parse(request)
        found = self.live("customer", request.params["id"])
        self.engine.delete(found)
        return self._reply("customer", found)

    # Catalogue

    def create_family(self, request):
        given = specs.ITEM_FAMILY.parse(request)
        if given["id"] in self.resources.rows("item_family"):
            raise duplicate("id", given["id"])
        now = self.site.now()
        self.site.families[given["id"]] = {
            "name": given.get("name") or given["id"],
            "description": given.get("description"),
            "created": now,
            "updated": now,
            "deleted": False,
        }
        return self._reply("item_family", given["id"])

    def create_item(self, request):
        given = specs.ITEM_CREATE.parse(request)
        self.find("item_family", given["item_family_id"], "item_family_id")
        self._only(Product, given["name"])
        extra = {"metered": given.get("metered", False)}
        if "external_name" in given:
            extra["external_name"] = given["external_name"]
        if given.get("metered"):
            how = AGGREGATIONS[given.get("usage_calculation", "sum_of_usages")]
            meter = self.engine.create(
                Meter, name=given["name"], event_name=given["id"], aggregation=how
            )
            extra["meter"] = meter.id
        made = self._make(
            Product,
            given["id"],
            **_item(given),
            item=given["type"],
            extra=extra,
        )
        return self._reply("item", made)

    def update_item(self, request):
        given = specs.ITEM_UPDATE.parse(request)
        found = self.live("item", request.params["id"])
        if "item_family_id" in given:
            self.find("item_family", given["item_family_id"], "item_family_id")
        self.engine.update(found, **_item(given, found))
        return self._reply("item", found)

    def create_price(self, request):
        given = specs.ITEM_PRICE_CREATE.parse(request)
        product = self.live("item", given["item_id"], "item_id")
        given.setdefault("currency_code", self.site.currency)
        given.setdefault("pricing_model", "flat_fee")
        if product.item != "charge" and not given.get("period_unit"):
            raise errors.blank("period_unit")
        priced = given["pricing_model"] in ("flat_fee", "per_unit")
        if priced and "price" not in given:
            raise errors.blank("price")
        if not priced and not given.get("tiers"):
            raise errors.blank("tiers")
        if given["currency_code"] not in CURRENCIES:
            raise errors.wrong("currency_code", "is not enabled for the site")
        metered = product.extra.get("metered", False)
        values = _price(given, given["currency_code"])
        if product.item == "charge":
            values["interval"] = None
        shown = given.get("external_name")
        made = self._make(
            Price,
            given["id"],
            product=product.id,
            metered=metered,
            meter=product.extra.get("meter"),
            extra={"external_name": shown} if shown else {},
            **values,
        )
        return self._reply("item_price", made)

    def update_price(self, request):
        given = specs.ITEM_PRICE_UPDATE.parse(request)
        found = self.live("item_price", request.params["id"])
        used = "currency_code" in given and given["currency_code"] != found.currency
        if used:
            raise errors.wrong("currency_code", "can't be changed")
        values = _price(given, found.currency)
        if "external_name" in given:
            shown = given["external_name"]
            values["extra"] = {**found.extra, "external_name": shown}
        self.engine.update(found, **values)
        return self._reply("item_price", found)

    def _deleting(self, name):
        def handle(request):
            specs.NOTHING.parse(request)
            found = self.live(name, request.params["id"])
            self.engine.delete(found)
            return self._reply(name, found)

        return handle

    # Shared

    def live(self, name, record_id, param=None):
        """The object of an id that is not deleted."""
        found = self.find(name, record_id, param)
        if found.deleted:
            raise errors.missing(record_id, param)
        return found

    def _only(self, cls, value):
        """400 where another one is called so. [S items, item_prices]"""
        if any(each.name == value for each in self.site.store.rows(cls)):
            raise errors.refuse(
                400, "duplicate_entry", f"name : {value} is there already", param="name"
            )

    def _make(self, cls, record_id, **values):
        if record_id and len(record_id) > 50:
            raise errors.wrong("id", "should be at most 50 characters")
        try:
            return self.engine.create(cls, id=record_id, **values)
        except AlreadyThere:
            raise duplicate("id", record_id) from None

    def _reply(self, name, obj):
        return Reply(200, self.resources.entry(name, obj))


#: Enabled for the site. [S currencies: more than a hundred]
CURRENCIES = frozenset(
    "USD EUR GBP JPY KWD AUD CAD CHF SEK NOK DKK PLN INR BRL NZD SGD".split()
)


def duplicate(param, value):
    """400: somebody has that id. [SDK code; M for the text]"""
    text = f"{param} : The value {value} is already present."
    return errors.refuse(400, "duplicate_entry", text, param=param)


def _customer(given):
    """The engine's values of what was sent for a customer."""
    values = {ours: given[name] or None for name, ours in CUSTOMER.items()
              if name in given}  # fmt: skip
    if "net_term_days" in given:
        values["terms_days"] = given["net_term_days"]
    if "company" in given:
        values["is_company"] = bool(given["company"])
        if given["company"]:
            values["name"] = given["company"]
    if "auto_collection" in given:
        on = given["auto_collection"] == "on"
        values["collection"] = "automatic" if on else "invoice"
    if "taxability" in given:
        exempt = given["taxability"] == "exempt"
        values["tax_exempt"] = "exempt" if exempt else "none"
    for name, ours in ADDRESS.items():
        if (key := f"billing_address[{name}]") in given:
            values[ours] = given[key] or None
    lines = [given.get(f"billing_address[line{number}]") for number in (1, 2, 3)]
    if "billing_address[line1]" in given:
        values["street"] = ", ".join(filter(None, lines)) or None
    state = given.get("billing_address[state]") or given.get(
        "billing_address[state_code]"
    )
    if state:
        values["state"] = state
    if metadata := own_metadata(given, "meta_data"):
        values["metadata"] = metadata
    return values


def _name(values):
    parts = (values.get("first_name"), values.get("last_name"))
    return " ".join(filter(None, parts)) or values.get("email") or ""


def own_metadata(given, name):
    """The account's own keys: fields that begin with ``cf_``, and a JSON object."""
    kept = {key: value for key, value in given.items() if key.startswith("cf_")}
    told = given.get(name)
    if told is not None and not isinstance(told, dict):
        raise errors.wrong(name, "should be a JSON object")
    return {**kept, **(told or {})}


def replaced(found, given, name):
    """Own keys after a change: the JSON object is replaced as a whole [M], of custom
    fields those that are named."""
    custom = {key: value for key, value in found.metadata.items() if key[:3] == "cf_"}
    kept = found.metadata if name not in given else custom
    return {**kept, **own_metadata(given, name)}


def _item(given, found=None):
    values = {}
    for name, ours in (
        ("name", "name"),
        ("description", "description"),
        ("item_family_id", "family"),
        ("unit", "unit_label"),
    ):
        if name in given:
            values[ours] = given[name] or None
    if "is_shippable" in given:
        values["kind"] = "good" if given["is_shippable"] else "service"
    if "status" in given:
        values["active"] = given["status"] == "active"
    if "external_name" in given:
        extra = found.extra if found else {}
        values["extra"] = {**extra, "external_name": given["external_name"]}
    if own_metadata(given, "metadata"):
        values["metadata"] = (
            replaced(found, given, "metadata")
            if found
            else own_metadata(given, "metadata")
        )
    if not found:
        values.pop("extra", None)
    return values


def _price(given, currency):
    values = {}
    if "name" in given:
        values["name"] = given["name"]
    if "price" in given:
        values["amount"] = minor(given["price"], currency)
    if "currency_code" in given:
        values["currency"] = given["currency_code"]
    if "pricing_model" in given:
        values["scheme"] = SCHEMES[given["pricing_model"]]
    if "period_unit" in given:
        values["interval"] = given["period_unit"]
    if "period" in given:
        values["interval_count"] = given["period"]
    if "trial_period" in given:
        days = 30 if given.get("trial_period_unit") == "month" else 1
        values["trial_days"] = given["trial_period"] * days
    if "status" in given:
        values["active"] = given["status"] == "active"
    if given.get("tiers"):
        values["tiers"] = tuple(_tier(each, currency) for each in given["tiers"])
        values["amount"] = None
    if metadata := own_metadata(given, "metadata"):
        values["metadata"] = metadata
    return values


def _tier(given, currency):
    amount = minor(given["price"], currency)
    flat = given.get("pricing_type") == "flat_fee"
    return Tier(given.get("ending_unit"), 0 if flat else amount, amount if flat else 0)
