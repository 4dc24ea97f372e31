"""What all writes share: metadata, references, currencies."""

from ..billing import model
from . import errors, facts


class Writing:
    """Base of the parts that write; ``reading`` finds what they name."""

    def __init__(self, account, reading):
        self.account = account
        self.engine = account.engine
        self.store = account.store
        self.reading = reading

    def named(self, call, cls, param, required=False):
        """The object that a parameter names, or None; 400 for none such."""
        wanted = call.get(param)
        if wanted is None:
            if required:
                raise errors.missing_parameter(call.request, param)
            return None
        return self.reading.find(call, cls, wanted, param)

    def metadata(self, call, current=None, given=None):
        """Metadata as they are after the request: keys are merged, "" takes one away.

        400 where they are more or longer than Stripe keeps.
        """
        if given is None:
            if not call.has("metadata"):
                return dict(current or {})
            given = call.get("metadata")
        if given is None:
            return {}
        merged = {**(current or {}), **given}
        kept = {key: value for key, value in merged.items() if value != ""}
        if len(kept) > facts.METADATA_KEYS:
            text = f"You cannot have more than {facts.METADATA_KEYS} metadata keys."
            raise errors.invalid(call.request, text, "metadata")
        for key, value in kept.items():
            if len(key) > facts.METADATA_KEY_LENGTH:
                text = f"Metadata keys have up to {facts.METADATA_KEY_LENGTH} letters"
                raise errors.invalid(call.request, text, f"metadata[{key}]")
            if len(value) > facts.METADATA_VALUE_LENGTH:
                text = (
                    f"Metadata values have up to {facts.METADATA_VALUE_LENGTH} letters"
                )
                raise errors.invalid(call.request, text, f"metadata[{key}]")
        return kept

    def tax_rates(self, call, ids, param):
        """The ids of tax rates, each known."""
        if not ids:
            return ()
        for each in ids:
            self.reading.find(call, model.TaxRate, each, param)
        return tuple(ids)

    def coupons(self, call):
        """The ids of coupons of ``discounts`` and, before basil, ``coupon``."""
        ids = [call.get("coupon")] if call.get("coupon") else []
        for each in call.get("discounts", []):
            if "coupon" not in each:
                text = "Only coupons make discounts here."
                raise errors.invalid(call.request, text, "discounts")
            ids.append(each["coupon"])
        for each in ids:
            coupon = self.reading.find(call, model.Coupon, each, "coupon")
            if not coupon.active:
                text = f"Coupon {each} is expired and cannot be applied."
                raise errors.invalid(call.request, text, "coupon", "coupon_expired")
        return ids

    def amount(self, call, name):
        """A whole number of minor units, from 1 on."""
        value = call.get(name)
        if value is not None and value <= 0:
            text = f"{name} must be greater than or equal to 1"
            raise errors.invalid(call.request, text, name, "parameter_invalid_integer")
        return value

    def currency(self, call, given, param="currency"):
        """A currency in the engine's capitals; 400 where it is none."""
        if len(given) != 3 or not given.isalpha():
            text = f"Invalid currency: {given.lower()}."
            raise errors.invalid(call.request, text, param)
        return given.upper()
