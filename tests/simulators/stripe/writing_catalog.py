"""Writes of customers, tax ids, products, prices and coupons."""

from decimal import Decimal, InvalidOperation

from ..billing import model
from . import errors, render_parties
from .writing import Writing

#: Parts of an address to fields of the engine.
ADDRESS = {
    "city": "city",
    "country": "country",
    "line1": "street",
    "postal_code": "zip",
    "state": "state",
}
EXTRAS = ("description", "business_name", "individual_name")


class WritingCatalog(Writing):
    """See the module."""

    def routes(self):
        """As :class:`.reading.Reading`."""
        for path, kind, create, update in (
            ("customers", "customer", self.create_customer, self.update_customer),
            ("products", "product", self.create_product, self.update_product),
            ("prices", "price", self.create_price, self.update_price),
            ("coupons", "coupon", self.create_coupon, self.update_coupon),
        ):
            yield "POST", path, kind, False, create
            yield "POST", f"{path}/{{id}}", kind, False, update
        path = "customers/{id}/tax_ids"
        yield "POST", path, "tax_id", False, self.create_tax_id
        yield "DELETE", f"{path}/{{tax_id}}", "tax_id", False, self.delete_tax_id
        for path, cls in (
            ("customers", model.Customer),
            ("products", model.Product),
            ("coupons", model.Coupon),
        ):
            yield "DELETE", f"{path}/{{id}}", path[:-1], False, self._deleting(cls)

    def _deleting(self, cls):
        def delete(call):
            obj = self.reading.find(call, cls)
            if obj.deleted:
                raise errors.no_such(call.request, cls.TYPE, obj.id)
            if cls is model.Product and self.account.live(
                model.Price, "product", obj.id
            ):
                text = (
                    "This product cannot be deleted because it has one or more "
                    "user-created prices."
                )
                raise errors.invalid(call.request, text)
            if cls is model.Customer:
                self._end_contracts(obj)
            self.engine.delete(obj)
            return call.view.render(obj)

        return delete

    def _end_contracts(self, customer):
        # Stripe cancels them with their customer. [S api/customers/delete]
        for each in self.account.live(model.Subscription, "customer", customer.id):
            if each.status != "cancelled":
                self.engine.subscriptions.cancel(each, at_period_end=False)

    # Customers

    def create_customer(self, call):
        values = self._customer(call, {})
        taxed = call.get("tax_id_data", [])
        if taxed:
            values["tax_id_kind"], values["tax_id"] = (
                taxed[0]["type"],
                taxed[0]["value"],
            )
        values.setdefault("name", None)
        customer = self.engine.create(
            model.Customer, metadata=self.metadata(call), **values
        )
        self._set_balance(call, customer)
        return call.view.render(customer)

    def update_customer(self, call):
        customer = self.reading.find(call, model.Customer)
        if customer.deleted:
            raise errors.no_such(call.request, "customer", customer.id)
        values = self._customer(call, customer.extra)
        values["metadata"] = self.metadata(call, customer.metadata)
        self.engine.update(customer, **values)
        self._set_balance(call, customer)
        return call.view.render(customer)

    def _customer(self, call, extra):
        values = {
            name: call.get(name)
            for name in ("name", "email", "phone")
            if call.has(name)
        }
        if call.has("tax_exempt"):
            values["tax_exempt"] = call.get("tax_exempt", "none")
        extra = dict(extra)
        if call.has("address"):
            given = call.get("address", {})
            values |= {ours: given.get(name) for name, ours in ADDRESS.items()}
            extra["line2"] = given.get("line2")
        extra |= {name: call.get(name) for name in EXTRAS if call.has(name)}
        values["extra"] = extra
        return values

    def _set_balance(self, call, customer):
        wanted = call.get("balance")
        if wanted is None:
            return
        currency = customer.currency or self.account.facts["currency"].upper()
        now = customer.balance.get(currency, 0)
        if -wanted != now:
            self.engine.credits.adjust_balance(customer, -wanted - now, currency)

    def create_tax_id(self, call):
        customer = self.reading.find(call, model.Customer)
        if customer.tax_id:
            text = "A customer has one tax id here."
            raise errors.invalid(call.request, text)
        kind, value = call.get("type"), call.get("value")
        self.engine.update(customer, tax_id_kind=kind, tax_id=value)
        return render_parties.tax_ids(call.view, customer)[0]

    def delete_tax_id(self, call):
        customer = self.reading.find(call, model.Customer)
        body = self.reading.read_tax_id(call)
        self.engine.update(customer, tax_id_kind=None, tax_id=None)
        return {"id": body["id"], "object": "tax_id", "deleted": True}

    # Products and prices

    def create_product(self, call):
        values = self._product(call)
        product = self.engine.create(
            model.Product,
            id=call.get("id"),
            metadata=self.metadata(call),
            **values,
        )
        data = call.get("default_price_data")
        if data:
            price = self.price_of(call, {**data, "product": product.id})
            self.engine.update(product, extra={"default_price": price.id})
        return call.view.render(product)

    def update_product(self, call):
        product = self.reading.find(call, model.Product)
        values = self._product(call)
        values["metadata"] = self.metadata(call, product.metadata)
        if call.has("default_price"):
            price = self.named(call, model.Price, "default_price")
            values["extra"] = {
                **product.extra,
                "default_price": price.id if price else None,
            }
        self.engine.update(product, **values)
        return call.view.render(product)

    def _product(self, call):
        names = ("name", "description", "active", "unit_label")
        values = {name: call.get(name) for name in names if call.has(name)}
        if call.has("type"):
            values["kind"] = call.get("type", "service")
        return values

    def create_price(self, call):
        names = (
            "currency unit_amount unit_amount_decimal recurring billing_scheme tiers "
            "tiers_mode transform_quantity nickname tax_behavior active lookup_key "
            "product"
        ).split()
        data = {name: call.get(name) for name in names if call.has(name)}
        self._check_lookup(call)
        made = call.get("product_data")
        if made:
            names = ("id", "name", "active", "unit_label")
            product = self.engine.create(
                model.Product,
                metadata=made.get("metadata") or {},
                **{name: made[name] for name in names if name in made},
            )
            data["product"] = product.id
        price = self.price_of(call, data)
        self.engine.update(price, metadata=self.metadata(call))
        return call.view.render(price)

    def price_of(self, call, data, path=""):
        """A new price of ``price_data``, or of the parameters of a price."""

        def param(name):
            return f"{path}[{name}]" if path else name

        if "product" not in data:
            raise errors.missing_parameter(call.request, param("product"))
        find = self.reading.find
        product = find(call, model.Product, data["product"], param("product"))
        values = {
            "product": product.id,
            "currency": self.currency(call, data["currency"], param("currency")),
            "name": data.get("nickname"),
            "active": data.get("active", True) is not False,
            "tax_inclusive": data.get("tax_behavior") == "inclusive",
            "extra": {"lookup_key": data.get("lookup_key")},
            **self._recurring(call, data.get("recurring")),
        }
        if data.get("billing_scheme") == "tiered":
            values |= self._tiers(call, data)
        else:
            values["amount"] = self.unit_amount(call, data, path)
        divided = data.get("transform_quantity")
        if divided:
            values |= {"scheme": "package", "package": int(divided["divide_by"])}
        return self.engine.create(model.Price, **values)

    def unit_amount(self, call, data, path=""):
        """``unit_amount``, or its decimal text where that is a whole number."""
        if data.get("unit_amount") is not None:
            return data["unit_amount"]
        name = f"{path}[unit_amount_decimal]" if path else "unit_amount_decimal"
        if data.get("unit_amount_decimal") is None:
            raise errors.missing_parameter(call.request, name.replace("_decimal", ""))
        try:
            value = Decimal(data["unit_amount_decimal"])
        except InvalidOperation:
            value = None
        if value is None or value != value.to_integral_value():
            text = f"Invalid decimal: {data['unit_amount_decimal']}"
            raise errors.invalid(call.request, text, name)
        return int(value)

    def _recurring(self, call, recurring):
        if not recurring:
            return {"interval": None}
        metered = recurring.get("usage_type") == "metered"
        meter = recurring.get("meter")
        if meter:
            self.reading.find(call, model.Meter, meter, "recurring[meter]")
        elif metered and call.view.new:
            # [S changelog/basil: legacy usage records are gone]
            text = "Metered prices must be backed by a meter."
            raise errors.invalid(call.request, text, "recurring[meter]")
        return {
            "interval": recurring["interval"],
            "interval_count": recurring.get("interval_count") or 1,
            "metered": metered,
            "meter": meter,
            "trial_days": recurring.get("trial_period_days") or 0,
        }

    def _tiers(self, call, data):
        if not data.get("tiers"):
            raise errors.missing_parameter(call.request, "tiers")
        if not data.get("tiers_mode"):
            raise errors.missing_parameter(call.request, "tiers_mode")
        tiers = tuple(
            model.Tier(
                None if each["up_to"] == "inf" else each["up_to"],
                self._tier_amount(call, each, "unit_amount", at),
                self._tier_amount(call, each, "flat_amount", at),
            )
            for at, each in enumerate(data["tiers"])
        )
        if tiers[-1].up_to is not None:
            text = "The last tier must have up_to=inf."
            raise errors.invalid(call.request, text, "tiers")
        graduated = data["tiers_mode"] == "graduated"
        return {"scheme": "tiered" if graduated else "volume", "tiers": tiers}

    def _tier_amount(self, call, tier, name, at):
        decimal = f"{name}_decimal"
        if tier.get(name) is None and tier.get(decimal) is None:
            return 0
        given = {
            "unit_amount": tier.get(name),
            "unit_amount_decimal": tier.get(decimal),
        }
        return self.unit_amount(call, given, f"tiers[{at}]")

    def _check_lookup(self, call, price=None):
        """A lookup key belongs to one price, unless it is to be taken over."""
        key = call.get("lookup_key")
        for each in self.account.rows(model.Price) if key else ():
            if each.extra.get("lookup_key") != key or each is price:
                continue
            if not call.get("transfer_lookup_key"):
                text = f"A price (`{each.id}`) already uses that lookup key."
                raise errors.invalid(call.request, text, "lookup_key")
            self.engine.update(each, extra={**each.extra, "lookup_key": None})

    def update_price(self, call):
        price = self.reading.find(call, model.Price)
        values = {"metadata": self.metadata(call, price.metadata)}
        if call.has("active"):
            values["active"] = call.get("active")
        if call.has("nickname"):
            values["name"] = call.get("nickname")
        if call.has("lookup_key"):
            self._check_lookup(call, price)
            values["extra"] = {**price.extra, "lookup_key": call.get("lookup_key")}
        self.engine.update(price, **values)
        return call.view.render(price)

    # Coupons

    def create_coupon(self, call):
        percent, amount = call.get("percent_off"), call.get("amount_off")
        if (percent is None) == (amount is None):
            text = "You must pass exactly one of percent_off and amount_off."
            raise errors.invalid(call.request, text, "percent_off")
        duration = call.get("duration", "once")
        months = call.get("duration_in_months")
        if duration == "repeating" and not months:
            raise errors.missing_parameter(call.request, "duration_in_months")
        currency = call.get("currency")
        if amount is not None and not currency:
            raise errors.missing_parameter(call.request, "currency")
        if percent is not None and not 0 < Decimal(percent) <= 100:
            text = "percent_off must be between 0 and 100."
            raise errors.invalid(call.request, text, "percent_off")
        coupon = self.engine.create(
            model.Coupon,
            id=call.get("id"),
            name=call.get("name"),
            percent=None if percent is None else Decimal(percent),
            amount=amount,
            currency=currency and self.currency(call, currency),
            duration=duration,
            months=months,
            metadata=self.metadata(call),
        )
        return call.view.render(coupon)

    def update_coupon(self, call):
        coupon = self.reading.find(call, model.Coupon)
        values = {"metadata": self.metadata(call, coupon.metadata)}
        if call.has("name"):
            values["name"] = call.get("name")
        self.engine.update(coupon, **values)
        return call.view.render(coupon)
