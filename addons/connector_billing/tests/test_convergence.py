import collections

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .common_billing import application, payment_record
from .common_money import (
    MoneyCase,
    balance_record,
    dispute_record,
    payout_record,
    refund_record,
)

#: Worlds that are tried; each is brought in twice.
EXAMPLES = 6


class _NoJob:
    """Stands for the job of a run: a test has no worker."""

    id = 0
    result = None
    correlation_id = None

    def _checkpoint(self):
        return 60


@st.composite
def worlds(draw):
    """What a billing system tells, as events in the order in which it happened.

    :return: list of ``(stream, record)``, and of ``("invoice", (id, kind, amount))``
        for documents of which Odoo knows both ends
    """
    cents = st.integers(100, 20000)
    events, settled = [], []
    moments = iter(f"2026-05-01T00:00:{second:02d}" for second in range(60))
    due = draw(cents) / 100
    events.append(("invoice", ("in_1", "out_invoice", due)))
    paid = draw(st.sampled_from([due, round(due / 2, 2), due + 10]))
    applied = min(paid, due)
    fee = round(paid * 0.03, 2)
    fate = draw(
        st.sampled_from(["kept", "returned", "refunded", "credited", "disputed"])
    )

    def tell(stream, builder, *args, **values):
        events.append((stream, builder(*args, at=next(moments), **values)))

    tell(
        *("payments", payment_record, "ch_1", paid, application("in_1", applied)),
        status="pending",
        paid_at=None,
    )
    tell("payments", payment_record, "ch_1", paid, application("in_1", applied))
    settled.append(("txn_1", paid, fee, {"payment": "ch_1"}))
    if fate == "returned":
        tell(
            *("payments", payment_record, "ch_1", paid, application("in_1", applied)),
            status="failed",
        )
        settled.append(("txn_2", -paid, 0, {"kind": "refund", "payment": "ch_1"}))
    if fate in ("refunded", "credited"):
        back = round(paid / 4, 2)
        notes = []
        if fate == "credited":
            events.append(("invoice", ("cn_1", "out_refund", back)))
            notes = [("cn_1", back)]
        failed = draw(st.booleans())
        tell("refunds", refund_record, "re_1", back, *notes)
        settled.append(("txn_3", -back, 0, {"kind": "refund", "refund": "re_1"}))
        if failed:
            tell("refunds", refund_record, "re_1", back, *notes, status="failed")
            settled.append(
                ("txn_4", back, 0, {"kind": "refund_failure", "refund": "re_1"})
            )
    if fate == "disputed":
        end = draw(st.sampled_from(["needs_response", "won", "lost"]))
        tell("disputes", dispute_record, "dp_1", paid)
        settled.append(("txn_5", -paid, 15, {"kind": "dispute", "dispute": "dp_1"}))
        if end != "needs_response":
            tell("disputes", dispute_record, "dp_1", paid, status=end)
        if end == "won":
            settled.append(
                ("txn_6", paid, 0, {"kind": "dispute_reversal", "dispute": "dp_1"})
            )
    sent = draw(st.booleans())
    for key, amount, kept, values in settled:
        payout = {"payout": "po_1"} if sent else {}
        tell(
            "balance_transactions",
            balance_record,
            key,
            amount,
            kept,
            **values,
            **payout,
        )
    if sent:
        net = round(sum(amount - kept for _key, amount, kept, _v in settled), 2)
        tell("payouts", payout_record, "po_1", net, status="in_transit")
        tell("payouts", payout_record, "po_1", net)
    return events


@tagged("post_install", "-at_install")
class TestConvergence(MoneyCase):
    """Whatever comes in whatever order, how often ever: the books are the same."""

    def test_any_order_with_repeats_comes_to_the_same_ledger(self):
        self.customer()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            # Whatever fails is small; making it smaller would take minutes.
            phases=(Phase.generate,),
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def check(data):
            world = data.draw(worlds())
            mixed = data.draw(st.permutations(world))
            again = data.draw(st.lists(st.sampled_from(world), max_size=4))
            in_order = self.books_after(world)
            self.assertEqual(in_order, self.books_after([*mixed, *again]))
            balance = sum(amounts[0] for _key, amounts in in_order["balances"])
            self.assertAlmostEqual(balance, 0)

        check()

    # -- what is compared -----------------------------------------------------

    def books_after(self, events):
        """The ledger after events, which are forgotten again."""
        with self.env.cr.savepoint() as savepoint:
            posted = {}
            for stream, record in events:
                if stream == "invoice":
                    self.bring_invoice(*record)
                else:
                    self.bring(stream, record)
                now = self.posted()
                self.assertEqual(posted, {key: now.get(key) for key in posted})
                posted = now
            ledger = self.ledger()
            savepoint.rollback()
        self.env.invalidate_all()
        return ledger

    def bring(self, stream, record):
        flow = self.flow(stream)
        pull = self.env["connector.pull"]
        run = pull._build(flow, _NoJob(), self.vendor, collections.Counter())
        pull._take(run, [record], force=True)
        run.entity._after_pull(run)

    def bring_invoice(self, remote_id, kind, amount):
        entity = "billing.invoice" if kind == "out_invoice" else "billing.credit.note"
        bindings = self.env["connector.binding"]
        if not bindings._res_ids(self.connection, entity, [remote_id]):
            self.odoo_invoice(remote_id, amount, kind=kind)

    def posted(self):
        """``{id of a posted item: what may never change}``"""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT id, account_id, partner_id, date, balance, amount_currency
              FROM account_move_line
             WHERE company_id = %s AND parent_state = 'posted'
            """,
            [self.company.id],
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    def ledger(self):
        groups = self.env["account.move.line"]._read_group(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted")],
            ["account_id", "partner_id", "currency_id"],
            ["balance:sum", "amount_currency:sum", "amount_residual_currency:sum"],
        )
        balances, left = [], []
        for account, partner, currency, balance, amount, residual in groups:
            key = (account.code, partner.name or "", currency.name)
            if not currency.is_zero(amount) or not currency.is_zero(balance):
                balances.append((key, (round(balance, 2), round(amount, 3))))
            if account.reconcile and not currency.is_zero(residual):
                left.append((key, round(residual, 3)))
        moves = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
            ]
        )
        return {
            "balances": sorted(balances),
            "left": sorted(left),
            "documents": sorted(
                (move.move_type, move.payment_state, round(move.amount_residual, 2))
                for move in moves
            ),
            "applied": sorted(
                (row.target_entity, row.target_remote_id, row.applied_amount, row.state)
                for row in self.env["connector.payment.application"].search(
                    [("connection_id", "=", self.connection.id)]
                )
            ),
            "payouts": self.env["connector.payout"]
            .search([("connection_id", "=", self.connection.id)])
            .mapped("is_settled"),
        }
