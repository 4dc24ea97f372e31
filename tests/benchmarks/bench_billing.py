"""./dev bench billing [n]: n invoices with a payment each, against Odoo's own posting.

The very same documents (three lines, two taxes, one payment), in one company, in turns,
the best of each counts:

- raw: ``account.move`` and ``account.payment`` created in batches, posted, reconciled
  and committed (the limit);
- ours: both are pulled from a vendor in this process, with mapping, matching, exact
  taxes, accounts by map, binding and log.

``peak_mb`` is by how many MB the first pull raised the worker's memory at its highest.
With ``--profile`` the first pull is profiled, to standard error.
"""

import cProfile
import json
import pstats
import sys
import time

from odoo_bench import environment, peak, reset_peak

#: Batch of the raw create: as fast as any of 50, 100 and 500 when measured.
RAW_BATCH = 100
#: How often each is measured.
TURNS = 2
#: Records in a page of the vendor, as most billing systems give them.
PAGE = 100
CUSTOMERS = 50
LINES = (("120.00", "vat20"), ("33.33", "vat20"), ("15.00", "vat6"))


class Company:
    """The company with its books, connected to a vendor in memory."""

    def __init__(self, env):
        # Known only when Odoo has read where its addons are.
        from odoo.orm.model_classes import add_to_registry

        from odoo.addons.connector_base.tests.common_vendor import (
            SECRET,
            FakeVendor,
            fake_provider,
        )
        from odoo.addons.connector_billing.tests.common import BillingCase, make_company
        from odoo.addons.connector_billing.tests.common_billing import billing_streams

        company, self.books = make_company(env)
        # Odoo would put a chart of accounts of its own in place of the books.
        env.cr.precommit.clear()
        env.cr.commit()
        self.env = env = env(context={"allowed_company_ids": company.ids})
        self.company = company.with_env(env)
        self.vendor = FakeVendor(billing_streams(env))
        add_to_registry(env.registry, fake_provider(self.vendor))
        env.registry._setup_models__(env.cr, ["connector.provider.fake"])
        # The builders of the tests, without a test.
        self.case = type("Case", (BillingCase,), {})()
        for name in ("env", "company", "books", "vendor"):
            setattr(type(self.case), name, getattr(self, name))
        self.connection = env["connector.connection"].create(
            {"name": "Billing", "provider": "fake", "company_id": company.id}
        )
        self.connection.credential_ids.secret = SECRET
        # The vendor is asked outside of all transactions.
        env.cr.commit()
        self.connection.action_connect()
        self.connection.billing_policy_ids.action_set_up_money()
        type(self.case).connection = self.connection
        self.case.map_taxes(self.connection)
        self.partners = [
            self.case.customer(f"cus_{number}", f"Customer {number}")
            for number in range(CUSTOMERS)
        ]
        env["connector.job"].search([]).action_cancel()
        env.cr.commit()

    # -- ours -----------------------------------------------------------------

    def records(self, turn, n):
        from odoo.addons.connector_billing.tests import common_billing as shape

        rates = {"vat20": 20, "vat6": 6}
        lines = [
            shape.line(
                amount,
                description=f"Service {number}",
                taxes=[
                    shape.tax(
                        rates[tax], f"{float(amount) * rates[tax] / 100:.2f}", amount
                    )
                ],
            )
            for number, (amount, tax) in enumerate(LINES)
        ]
        *_rest, total, _discounts = shape.total_of(lines)
        invoices, payments = [], []
        for number in range(n):
            key, customer = f"{turn}_{number}", f"cus_{number % CUSTOMERS}"
            invoices.append(
                shape.invoice_record(f"in_{key}", *lines, customer=customer)
            )
            payments.append(
                shape.payment_record(
                    f"pay_{key}",
                    total,
                    shape.application(f"in_{key}", total),
                    customer=customer,
                )
            )
        return {"invoices": invoices, "payments": payments}

    def pull(self, turn, n, profile=False):
        """Pull n invoices and payments; :return: seconds"""
        self.vendor.reset()
        for stream, records in self.records(turn, n).items():
            for start in range(0, n, PAGE):
                self.vendor.add_page(stream, *records[start : start + PAGE])
        profiler = cProfile.Profile()
        seconds = 0.0
        for stream in ("invoices", "payments"):
            flow = self.case.flow(stream)
            flow.cursor = False
            flow.action_sync()
            self.env.cr.commit()
            started = time.perf_counter()
            if profile:
                profiler.enable()
            self.env["connector.job"]._cron_run_lane(flow.lane)
            profiler.disable()
            seconds += time.perf_counter() - started
            job = self.env["connector.job"].search([("flow_id", "=", flow.id)], limit=1)
            if job.state != "done" or job.result.get("held"):
                sys.exit(f"The pull failed: {job.result} {job.error} {job.traceback}")
        if profile:
            pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumtime").print_stats(
                90
            )
        return seconds

    def check(self, turn, n):
        """All of them must be posted and paid, or nothing was measured."""
        self.env.invalidate_all()
        ids = self.env["connector.binding"]._res_ids(
            self.connection,
            "billing.invoice",
            {f"in_{turn}_{number}" for number in range(n)},
        )
        moves = self.env["account.move"].browse(ids.values())
        if len(moves) != n or set(moves.mapped("payment_state")) != {"paid"}:
            states = moves.grouped("payment_state")
            sys.exit(f"Not all are paid: { {k: len(v) for k, v in states.items()} }")

    # -- raw ------------------------------------------------------------------

    def values(self, turn, number):
        from odoo import Command

        return {
            "move_type": "out_invoice",
            "partner_id": self.partners[number % CUSTOMERS].id,
            "journal_id": self.books["sale"].id,
            "name": f"RAW-{turn}-{number}",
            "invoice_date": "2026-03-01",
            "date": "2026-03-01",
            "invoice_date_due": "2026-03-31",
            "invoice_payment_term_id": False,
            "currency_id": self.company.currency_id.id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": f"Service {index}",
                        "quantity": 1,
                        "price_unit": float(amount),
                        "tax_ids": [Command.set(self.books[tax].ids)],
                        "account_id": self.books["income"].id,
                    }
                )
                for index, (amount, tax) in enumerate(LINES)
            ],
        }

    def raw(self, turn, n):
        """Post n invoices and payments as an addon would; :return: seconds"""
        policy = self.env["connector.billing.policy"]._for(self.connection)
        started = time.perf_counter()
        for start in range(0, n, RAW_BATCH):
            numbers = range(start, min(start + RAW_BATCH, n))
            moves = self.env["account.move"].create(
                [self.values(turn, number) for number in numbers]
            )
            moves.action_post()
            payments = self.env["account.payment"].create(
                [
                    {
                        "payment_type": "inbound",
                        "partner_type": "customer",
                        "partner_id": move.partner_id.id,
                        "amount": move.amount_total,
                        "currency_id": move.currency_id.id,
                        "date": "2026-03-02",
                        "journal_id": policy.clearing_journal_id.id,
                        "memo": move.name,
                    }
                    for move in moves
                ]
            )
            payments.action_post()
            lines = self.env["account.move.line"]
            plan = [
                lines.union(move._receivable(), payment.move_id._receivable())
                for move, payment in zip(moves, payments, strict=True)
            ]
            lines._reconcile_plan(plan)
            self.env.cr.commit()
        return time.perf_counter() - started


def main():
    arguments = [text for text in sys.argv[1:] if not text.startswith("--")]
    n = int(arguments[0]) if arguments else 500
    profile = "--profile" in sys.argv
    raw_rates, ours_rates, peak_mb = [], [], None
    with environment() as env:
        company = Company(env)
        # Whatever is looked up once in a process is looked up before.
        company.raw("warm", 10)
        company.pull("warm", 10)
        for turn in range(TURNS):
            raw_rates.append(n / company.raw(turn, n))
            before = reset_peak()
            ours_rates.append(n / company.pull(turn, n, profile and not turn))
            peak_mb = peak_mb or peak() - before
            company.check(turn, n)
    raw_rate, ours_rate = max(raw_rates), max(ours_rates)
    print(
        json.dumps(
            {
                "bench": "billing",
                "n": n,
                "raw_per_s": round(raw_rate, 1),
                "ours_per_s": round(ours_rate, 1),
                "ratio": round(ours_rate / raw_rate, 3),
                "peak_mb": round(peak_mb),
            }
        )
    )


if __name__ == "__main__":
    main()
