"""What happens to the customers of the year: each story is one customer's."""

from .happenings import (
    add_seats,
    add_subscription,
    cancel,
    change_price,
    credit_all,
    credit_open,
    credit_part,
    dispute,
    failing_refund,
    give_back_rest,
    leave,
    onboarding,
    pause,
    pay_ahead,
    pay_open,
    pay_part,
    pay_several,
    plan,
    report,
    unbilled,
    use_ahead,
    void,
    void_credit,
)
from .model import Invoice, Payment
from .rules import DAY, Refused


class Story:
    """One customer, and words to tell what becomes of them."""

    def __init__(self, year, customer):
        self.engine = year.engine
        self.random = year.random
        self.company = year.company
        self.customer = customer
        self._declines = year.declines

    def price(self, name):
        return self.company.prices[name, self.customer.currency]

    def coupon(self, name):
        found = self.company.coupons
        return found.get(name) or found[name, self.customer.currency]

    def subscribe(self, *items, **values):
        """``items``: names of prices, or (name, quantity)."""
        pairs = [item if isinstance(item, tuple) else (item, 1) for item in items]
        return self.engine.subscriptions.subscribe(
            self.customer,
            [(self.price(name), quantity) for name, quantity in pairs],
            **values,
        )

    def seats(self, low=2, high=30):
        return self.random.randint(low, high)

    def on_day(self, day, do, *arguments):
        """``day`` days from now, at some moment of that day."""
        moment = self.engine.now() + day * DAY + self.random.randrange(DAY // 2)
        self.engine.at(moment, "story", self._try, do, *arguments)

    def fail_next(self, *codes):
        """The next charges of this customer fail."""
        self._declines.setdefault(self.customer.id, []).extend(codes)

    def set(self, **values):
        self.engine.update(self.customer, **values)

    def invoices(self, *states):
        return [
            each
            for each in self.engine.store.by(Invoice, "customer", self.customer.id)
            if each.status in states
        ]

    def paid(self):
        """Newest invoice that was paid with money, and its payment."""
        for invoice in reversed(self.invoices("paid")):
            for payment in self.engine.store.by(Payment, "customer", self.customer.id):
                if payment.status != "succeeded" or payment.refunded:
                    continue
                if payment.disputed or payment.outside:
                    continue
                if any(each.invoice == invoice.id for each in payment.applications):
                    return invoice, payment
        return None, None

    @staticmethod
    def _try(do, *arguments):
        try:
            do(*arguments)
        except Refused as refusal:
            # By then the subscription has ended, or the invoice was paid otherwise.
            if refusal.code not in ("invalid_state", "too_much", "nothing_left"):
                raise


def monthly(story):
    """A card, every month; somebody signs up in the middle of the year, too."""
    story.subscribe(("Team/monthly", story.seats()), ("Storage/monthly", 250))


def annual_by_transfer(story):
    """A year in advance, on account, and paid late."""
    story.set(collection="invoice", terms_days=30, method="transfer")
    story.subscribe(("Business/annual", story.seats()))
    story.on_day(45, pay_open, story)


def usage(story):
    """A base fee and calls, told once a week."""
    story.subscribe("Metered/monthly", "API calls/monthly")
    for week in range(1, 48):
        story.on_day(7 * week, report, story, week)


def upgrade(story):
    """More seats, prorated with the next invoice; then the better product."""
    subscription = story.subscribe(("Team/monthly", story.seats()))
    for day in (50, 130):
        story.on_day(day, add_seats, story, subscription, story.seats(1, 9))
    story.on_day(200, change_price, story, subscription, "Business/monthly", "create")


def downgrade(story):
    """Fewer seats, settled at once: more is given back than billed."""
    subscription = story.subscribe(("Business/monthly", 20 + story.seats()))
    story.on_day(65, add_seats, story, subscription, -15, "invoice")
    story.on_day(150, change_price, story, subscription, "Team/monthly", "invoice")


def change_without_proration(story):
    """The new price counts from the next period."""
    subscription = story.subscribe(("Team/monthly", story.seats()))
    story.on_day(70, change_price, story, subscription, "Business/monthly", "none")
    story.on_day(240, cancel, story, subscription)


def monthly_to_annual(story):
    """The period begins anew."""
    subscription = story.subscribe(("Team/monthly", story.seats()))
    story.on_day(100, change_price, story, subscription, "Team/annual", "create")


def co_terminated(story):
    """A second subscription ends its first period with the first one."""
    first = story.subscribe(("Team/monthly", story.seats()))
    story.on_day(40, add_subscription, story, first)


def trial(story):
    """Two weeks for nothing, then a subscription with a plan for later."""
    subscription = story.subscribe(("Team/monthly", story.seats()), trial_days=14)
    story.on_day(60, plan, story, subscription)


def trial_cancelled(story):
    """Tried, and left; back in the spring."""
    subscription = story.subscribe(("Business/monthly", 5), trial_days=30)
    story.on_day(10, cancel, story, subscription)
    story.on_day(120, story.subscribe, ("Team/monthly", 3))


def percent_coupons(story):
    """One for ever and one for the first invoice, and more seats meanwhile."""
    coupons = [story.coupon("once"), story.coupon("forever")]
    subscription = story.subscribe(
        ("Team/monthly", story.seats()), "Storage/monthly", coupons=coupons
    )
    story.on_day(80, add_seats, story, subscription, 3)


def amount_coupon(story):
    """Three months less."""
    coupons = [story.coupon("repeating")]
    story.subscribe("Metered/monthly", "Storage/monthly", coupons=coupons)


def partial_payments(story):
    """An invoice is paid in two parts, weeks apart."""
    story.set(collection="invoice", terms_days=14, method="transfer")
    story.subscribe(("Team/annual", story.seats()))
    story.on_day(10, pay_part, story, 3)
    story.on_day(38, pay_open, story)


def failed_then_paid(story):
    """The card fails twice, a third time later; the retries succeed."""
    story.subscribe(("Business/monthly", story.seats()))
    story.on_day(32, story.fail_next, "insufficient_funds", "card_declined")
    story.on_day(170, story.fail_next, "insufficient_funds")


def never_paid(story):
    """All attempts fail: given up, cancelled."""
    story.subscribe(("Team/monthly", story.seats()))
    story.on_day(75, story.fail_next, *["expired_card"] * 8)


def refunds(story):
    """A part back in money, a part as credit, a whole invoice back."""
    story.subscribe(("Team/monthly", story.seats(4)))
    story.on_day(50, credit_part, story, "refund")
    story.on_day(110, credit_part, story, "balance")
    story.on_day(170, credit_all, story)
    story.on_day(230, credit_part, story, "both")


def disputes(story):
    """One is won, one is lost, one stays open, one was a warning only."""
    story.subscribe(("Business/monthly", story.seats()))
    story.on_day(40, dispute, story, True)
    story.on_day(100, dispute, story, False)
    story.on_day(160, dispute, story, True, True)
    story.on_day(285, dispute, story, None)


def direct_debit(story):
    """The bank takes days to answer, and once says no; a refund comes back."""
    story.set(method="direct_debit")
    story.subscribe(("Team/monthly", story.seats()))
    story.on_day(60, story.fail_next, "debit_not_authorized")
    story.on_day(140, failing_refund, story)


def on_account(story):
    """Paid before there is an invoice; the rest is paid back."""
    story.set(collection="invoice", terms_days=7, method="transfer")
    story.on_day(5, pay_ahead, story)
    story.on_day(20, onboarding, story)
    story.on_day(21, use_ahead, story)
    story.on_day(60, give_back_rest, story)
    story.on_day(70, onboarding, story)
    story.on_day(73, onboarding, story)
    story.on_day(76, pay_several, story)
    story.on_day(300, pay_ahead, story)
    story.on_day(305, unbilled, story)


def open_ends(story):
    """Void, credited before it was paid, paused, cancelled in the middle."""
    story.set(collection="invoice", terms_days=14, method="transfer")
    subscription = story.subscribe(("Team/monthly", story.seats(8)))
    story.on_day(3, void, story)
    story.on_day(35, credit_open, story)
    story.on_day(36, void_credit, story)
    story.on_day(37, credit_open, story)
    for month in range(1, 11):
        story.on_day(30 * month + 12, pay_open, story)
    story.on_day(100, pause, story, subscription)
    story.on_day(250, leave, story, subscription)


#: In this order, one customer each.
STORIES = (
    monthly,
    annual_by_transfer,
    usage,
    upgrade,
    downgrade,
    change_without_proration,
    monthly_to_annual,
    co_terminated,
    trial,
    trial_cancelled,
    percent_coupons,
    amount_coupon,
    partial_payments,
    failed_then_paid,
    never_paid,
    refunds,
    disputes,
    direct_debit,
    on_account,
    open_ends,
)
