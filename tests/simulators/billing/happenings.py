"""What happens to a customer on some day of a story, see :mod:`.stories`."""

from .model import Payment, Phase
from .periods import after
from .rules import DAY


def report(story, week):
    story.engine.usage.report(
        id=f"use-{story.customer.id}-{week}",
        customer=story.customer,
        meter=story.company.meter,
        value=story.random.randrange(200, 6_000),
    )


def pay_open(story):
    for invoice in story.invoices("open"):
        if invoice.remaining:
            story.engine.payments.pay(
                story.customer,
                {invoice.id: invoice.remaining},
                method="transfer",
                outside=story.engine.rules.offline,
                reference=f"Transfer for {invoice.number}",
            )


def pay_part(story, parts):
    for invoice in story.invoices("open")[:1]:
        amount = invoice.remaining // parts // 10 * 10
        story.engine.payments.pay(
            story.customer, {invoice.id: amount}, method="transfer"
        )


def pay_ahead(story):
    price = story.price("Onboarding/once")
    story.engine.payments.pay(
        story.customer, amount=price.amount * 3, method="transfer"
    )


def use_ahead(story):
    for payment in story.engine.store.by(Payment, "customer", story.customer.id):
        for invoice in story.invoices("open"):
            amount = min(payment.unused, invoice.remaining)
            if amount:
                story.engine.payments.apply(payment, invoice, amount)


def give_back_rest(story):
    for payment in story.engine.store.by(Payment, "customer", story.customer.id):
        if payment.unused:
            story.engine.credits.refund(payment, payment.unused, reason="duplicate")


def onboarding(story):
    story.engine.invoices.add_item(
        story.customer,
        price=story.price("Onboarding/once"),
        description="Onboarding workshop",
    )
    story.engine.invoices.bill_now(story.customer, reference=f"PO-{story.seats()}")


def pay_several(story):
    """One payment for all, where the vendor knows such; else one for each."""
    if not story.engine.rules.offline:
        return pay_open(story)
    amounts = {each.id: each.remaining for each in story.invoices("open")}
    story.engine.payments.pay(
        story.customer, amounts, method="transfer", outside=True, reference="Collective"
    )


def unbilled(story):
    """Waits for an invoice that nobody makes this year."""
    story.engine.invoices.add_item(
        story.customer, 4_500, quantity=3, unit_amount=1_500, description="Consulting"
    )


def add_seats(story, subscription, seats, proration="create"):
    item = subscription.items[0]
    quantity = max(1, item.quantity + seats)
    story.engine.subscriptions.set_quantity(subscription, item.id, quantity, proration)


def change_price(story, subscription, name, proration):
    item = subscription.items[0]
    story.engine.subscriptions.change_items(
        subscription, [(item.id, story.price(name), item.quantity)], proration
    )


def add_subscription(story, first):
    second = story.subscribe("Metered/monthly", anchor=first.period_end)
    story.on_day(120, co_terminate, story, second)


def co_terminate(story, subscription):
    now = story.engine.now()
    story.engine.subscriptions.co_terminate(subscription, now + 20 * DAY)


def plan(story, subscription):
    """More seats in two steps."""
    price = story.price("Team/monthly")
    start = subscription.period_end
    later = after(start, "month", 1, 3)
    now = subscription.items[0].quantity
    phases = [
        Phase(subscription.period_start, start, ((price.id, now),)),
        Phase(start, later, ((price.id, 20),)),
        Phase(later, None, ((price.id, 40),)),
    ]
    story.engine.subscriptions.plan(subscription, phases)


def cancel(story, subscription):
    story.engine.subscriptions.cancel(subscription, reason="too_expensive")


def leave(story, subscription):
    """Now, with what was paid for the rest given back, and billed at once."""
    story.engine.subscriptions.cancel(
        subscription,
        at_period_end=False,
        reason="switched_service",
        prorate=True,
        invoice_now=True,
    )


def pause(story, subscription):
    resumes = story.engine.now() + 60 * DAY
    story.engine.subscriptions.pause(subscription, resumes)


def credit_part(story, way):
    invoice, _payment = story.paid()
    if not invoice:
        return
    line = invoice.lines[0]
    amounts = {line.id: line.amount // 3 // 10 * 10}
    total = story.engine.credits.preview(invoice, amounts)["total"]
    refund = {"refund": total, "balance": 0, "both": total // 20 * 10}[way]
    story.engine.credits.issue(
        invoice, amounts, reason="product_unsatisfactory", refund=refund
    )


def credit_all(story):
    invoice, _payment = story.paid()
    if invoice and not invoice.applied_balance:
        story.engine.credits.issue(invoice, reason="duplicate", refund=invoice.total)


def credit_open(story):
    for invoice in story.invoices("open")[-1:]:
        line = invoice.lines[0]
        amounts = {line.id: line.amount // 4 // 10 * 10}
        story.engine.credits.issue(invoice, amounts, memo="Outage")


def void_credit(story):
    for invoice in story.invoices("open")[-1:]:
        for note in story.engine.credits.of(invoice):
            story.engine.credits.void(note)


def void(story):
    for invoice in story.invoices("open")[:1]:
        story.engine.invoices.void(invoice)


def dispute(story, won, warning=False):
    _invoice, payment = story.paid()
    if not payment:
        return
    opened = story.engine.disputes.open(payment, warning=warning)
    if won is not None:
        story.on_day(25, story.engine.disputes.close, opened, won)


def failing_refund(story):
    _invoice, payment = story.paid()
    if payment:
        refund = story.engine.credits.refund(payment, pending=True)
        story.on_day(3, story.engine.credits.settle_refund, refund)
        story.on_day(8, story.engine.credits.fail_refund, refund)
