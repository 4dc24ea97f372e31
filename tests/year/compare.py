"""The books against the truth: each difference is a sentence."""

from simulators.billing.model import Invoice
from simulators.billing.money import major

from .books import Books

#: What may not be left: how it is called, and how it is counted.
LEFTOVERS = {
    "job": "SELECT state || ' ' || name || ': ' || COALESCE(error, '')"
    " FROM connector_job WHERE state NOT IN ('done', 'cancelled')",
    "event": "SELECT state || ' ' || kind || ' of ' || remote_id"
    " FROM connector_event WHERE state NOT IN ('done', 'ignored')",
    "exception": "SELECT code || ': ' || name FROM connector_exception"
    " WHERE state = 'open' AND blocking",
}
UNPAID = """
    SELECT binding.remote_id, move.payment_state
      FROM account_move move
      JOIN connector_binding binding
        ON binding.entity = 'billing.invoice' AND binding.res_id = move.id
     WHERE move.company_id = %s AND move.state = 'posted'
"""


def compare(env, office, vendor):
    """Differences of one database with a vendor's account, as sentences."""
    company = office.company(env)
    books = Books(env, company, office.names)
    found = vendor.truth()
    sentences = []
    for what, query in LEFTOVERS.items():
        env.cr.execute(query)
        sentences += [f"{what} {row[0]}" for row in env.cr.fetchall()]
    sentences += differences("ledger", found.ledger(write_off=True), books.ledger())
    sentences += differences(
        "receivable",
        found.receivable,
        books.receivable(office.connection(env)),
    )
    items = books.open_items(office.policy(env).clearing_account_id)
    in_transit = {each: amount for each, amount in found.clearing.items() if amount}
    if items != in_transit:
        sentences.append(f"open in clearing: {items}, not {in_transit}")
    if books.balanced():
        sentences.append(f"debits and credits differ by {books.balanced()}")
    return sentences + _payment_states(env, company, vendor.engine)


def differences(what, wanted, found):
    """Where two counters differ; the currency is the second part of their keys, the
    first where they have one of two parts only."""
    sentences = []
    for key in sorted(wanted.keys() | found.keys(), key=str):
        if wanted[key] != found[key]:
            currency = key[1]
            sentences.append(
                f"{what} {' '.join(map(str, key))}: {major(found[key], currency)},"
                f" not {major(wanted[key], currency)}"
            )
    return sentences


def _payment_states(env, company, engine):
    """What was paid with money alone is paid in Odoo, what is open is not."""
    env.cr.execute(UNPAID, [company.id])
    states = dict(env.cr.fetchall())
    sentences = []
    for invoice in engine.store.rows(Invoice):
        if invoice.finalized_at is None or invoice.deleted:
            continue
        state = states.get(invoice.id, "missing")
        if invoice.status == "paid" and invoice.amount_paid == invoice.total > 0:
            wanted = ("paid", "in_payment")
        elif invoice.status == "open" and not invoice.credited + invoice.amount_paid:
            wanted = ("not_paid", "partial")
        elif invoice.status == "void" and invoice.total:
            wanted = ("reversed", "paid")
        else:
            wanted = (state,) if state != "missing" else ("there",)
        if state not in wanted:
            sentences.append(f"{invoice.number} ({invoice.id}) is {state}")
    return sentences
