"""Checks parameters as Stripe does: unknown and missing ones, numbers, choices.

Text becomes ints and bools where a parameter is one; ``""`` becomes None, which unsets.
"""

from . import errors
from .forms import name_of
from .parameters import EXPAND, PARAMETERS, Shape

INTEGERS = frozenset(
    "amount amount_off arrival_date balance cancel_at created credit_amount "
    "days_until_due due_date duration_in_months effective_at end end_date flat_amount "
    "gt gte interval_count iterations limit lt lte max_redemptions "
    "out_of_band_amount proration_date quantity redeem_by refund_amount resumes_at "
    "start timestamp trial_period_days unit_amount backdate_start_date "
    "next_invoice_sequence current_period_start current_period_end canceled_at "
    "completed_at released_at".split()
)
#: Numbers that may be a word instead. [SDK stripe/params, Literal of each]
OR_WORD = {
    "billing_cycle_anchor": ("now", "unchanged", "automatic", "phase_start"),
    "cancel_at": ("min_period_end", "max_period_end"),
    "end": ("now",),
    "start_date": ("now",),
    "end_date": ("now",),
    "trial_end": ("now",),
    "up_to": ("inf",),
}
BOOLEANS = frozenset(
    "active auto_advance cancel_at_period_end clear_usage delivery_success deleted "
    "discountable inclusive invoice_now off_session paid_out_of_band pending prorate "
    "scheduled shippable transfer_lookup_key trial trial_from_plan disabled "
    "preserve_cancel_date forgive".split()
)
PRORATIONS = ("always_invoice", "create_prorations", "none")
#: [S OpenAPI, enums of the same names]
CHOICES = {
    "action": ("increment", "set"),
    "billing_scheme": ("per_unit", "tiered"),
    "collection_method": ("charge_automatically", "send_invoice"),
    "duration": ("forever", "once", "repeating"),
    "end_behavior": ("cancel", "none", "release", "renew"),
    "interval": ("day", "month", "week", "year"),
    "payment_behavior": (
        "allow_incomplete",
        "default_incomplete",
        "error_if_incomplete",
        "pending_if_incomplete",
    ),
    "pending_invoice_items_behavior": ("exclude", "include", "include_and_require"),
    "proration_behavior": PRORATIONS,
    "reason": None,
    "tax_behavior": ("exclusive", "inclusive", "unspecified"),
    "tax_exempt": ("exempt", "none", "reverse"),
    "tiers_mode": ("graduated", "volume"),
    "usage_type": ("licensed", "metered"),
}
#: Choices of one endpoint, as its first path segments say.
CHOICES_AT = {
    ("refunds", "reason"): ("duplicate", "fraudulent", "requested_by_customer"),
    ("credit_notes", "reason"): (
        "duplicate",
        "fraudulent",
        "order_change",
        "product_unsatisfactory",
    ),
    ("invoices", "status"): ("draft", "open", "paid", "uncollectible", "void"),
    ("subscriptions", "status"): (
        "active",
        "all",
        "canceled",
        "ended",
        "incomplete",
        "incomplete_expired",
        "past_due",
        "paused",
        "trialing",
        "unpaid",
    ),
    ("invoice_payments", "status"): ("canceled", "open", "paid"),
    ("prices", "type"): ("one_time", "recurring"),
    ("billing", "status"): ("active", "inactive"),
}


def check(request, given):
    """The checked parameters of a request. Raises a 400."""
    key = f"{request.method} {request.template}"
    shape = PARAMETERS.get(key, EXPAND)
    return Checker(request).hash(shape, given, ())


class Checker:
    """Checks the parameters of one request."""

    def __init__(self, request):
        self.request = request
        self.new = request.notes["new"]
        self.resource = request.path.strip("/").split("/")[1]

    def hash(self, shape, given, path):
        """The checked hash."""
        known = shape.known(self.new)
        if unknown := [name for name in given if name not in known]:
            names = [name_of((*path, name)) for name in unknown]
            raise errors.unknown_parameters(self.request, names)
        for name in shape.required:
            if name not in given:
                raise errors.missing_parameter(self.request, name_of((*path, name)))
            if given[name] == "":
                self._empty(name_of((*path, name)))
        return {
            name: self._nested(shape.nested.get(name), value, (*path, name))
            for name, value in given.items()
        }

    def _nested(self, shape, value, path):
        if not isinstance(shape, Shape):
            return self._value(path[-1], value, path)
        if isinstance(value, dict):
            return self.hash(shape, value, path)
        if isinstance(value, list):
            if not all(isinstance(each, dict) for each in value):
                raise errors.invalid(self.request, "Invalid hash", name_of(path))
            return [
                self.hash(shape, each, (*path, at)) for at, each in enumerate(value)
            ]
        if value == "":
            return None
        if path[-1] in INTEGERS:
            return self._integer(path[-1], value, path)
        raise errors.invalid(self.request, "Invalid hash", name_of(path))

    def _value(self, name, value, path):
        if name == "metadata":
            return value or None
        if isinstance(value, list):
            return [self._value(name, each, path) for each in value]
        if isinstance(value, dict):
            return value
        if value == "":
            return None
        if value in OR_WORD.get(name, ()):
            return value
        if name in INTEGERS or name in OR_WORD:
            return self._integer(name, value, path)
        if name in BOOLEANS:
            if value not in ("true", "false"):
                text = f"Invalid boolean: {value}"
                raise errors.invalid(self.request, text, name_of(path))
            return value == "true"
        return self._choice(name, value, path)

    def _integer(self, name, value, path):
        if value.removeprefix("-").isdigit():
            return int(value)
        raise errors.invalid(
            self.request,
            f"Invalid integer: {value}",
            name_of(path),
            "parameter_invalid_integer",
        )

    def _choice(self, name, value, path):
        choices = CHOICES_AT.get((self.resource, name)) if len(path) == 1 else None
        choices = choices or CHOICES.get(name)
        if choices and value not in choices and not self._other_meaning(name):
            *most, last = choices
            text = (
                f"Invalid {name_of(path)}: must be one of {', '.join(most)}, or {last}"
            )
            raise errors.invalid(self.request, text, name_of(path))
        return value

    def _other_meaning(self, name):
        # A phase has a hash of that name, which is no choice.
        return name == "duration" and self.resource != "coupons"

    def _empty(self, name):
        text = (
            f"You passed an empty string for '{name}'. We assume empty values are an "
            f"attempt to unset a parameter; however '{name}' cannot be unset. You "
            f"should remove '{name}' from your request or supply a non-empty value."
        )
        raise errors.invalid(self.request, text, name, "parameter_invalid_empty")
