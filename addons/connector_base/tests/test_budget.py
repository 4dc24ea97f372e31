import datetime

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ..engine import errors
from ..engine.budget import Bucket, Quota
from ..engine.records import BudgetSpec
from ..models.connector_budget import LANE, _draw_tokens, draw_tokens
from .common_jobs import JobCase

SPECS = (
    BudgetSpec("requests", "Requests", 100, 10),
    BudgetSpec("searches", "Searches", 4, 1, everything=False),
)


@tagged("post_install", "-at_install")
class TestBudget(JobCase):
    """How many requests a connection may send, shared by all workers."""

    def setUp(self):
        super().setUp()
        self.patch(
            self.registry["connector.provider.fake"],
            "_rate_budgets",
            lambda provider: SPECS,
        )
        self.env["connector.budget"]._ensure(self.connection)
        self.env.flush_all()

    def budget(self, name="requests"):
        return self.connection.budget_ids.filtered(lambda b: b.name == name)

    def spend(self, tokens_left, name="requests"):
        """Leave so many tokens in the bucket, as of now."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE connector_budget SET tokens = %s,"
            " refreshed_at = statement_timestamp() AT TIME ZONE 'UTC' WHERE id = %s",
            [tokens_left, self.budget(name).id],
        )
        self.env.invalidate_all()

    def draw(self, urgent=True, quota=None, name="requests"):
        return _draw_tokens(self.env.cr, self.budget(name).id, urgent, quota)

    # -- rows -----------------------------------------------------------------

    def test_a_connection_begins_with_the_budgets_of_its_provider(self):
        connection = self.new_connection(name="New")
        self.assertEqual(
            connection.budget_ids.mapped("label"), ["Requests", "Searches"]
        )
        requests = connection.budget_ids[0]
        self.assertEqual((requests.requests, requests.seconds), (100, 10))
        self.assertEqual((requests.burst, requests.reserve_percent), (20, 20))

    def test_a_connection_from_before_gets_its_budgets_and_keeps_what_was_edited(self):
        self.budget("searches").unlink()
        self.budget().requests = 190
        self.env["connector.connection"]._cron_schedule()
        self.assertEqual(self.budget("searches").requests, 4)
        self.assertEqual((self.budget().requests, self.budget().burst), (190, 38))

    def test_numbers_that_make_no_sense_are_refused(self):
        for vals in (
            {"requests": 0},
            {"seconds": 0},
            {"burst": 0},
            {"burst": 101},
            {"reserve_percent": 101},
            {"reserve_percent": -1},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.budget().write(vals)

    def test_an_administrator_edits_the_numbers_and_not_what_was_counted(self):
        budget = self.budget().with_user(self.user_of("administrator"))
        budget.requests = 190
        for vals in ({"tokens": 1000}, {"quota_remaining": 5}, {"name": "other"}):
            with self.subTest(vals), self.assertRaises(AccessError):
                budget.write(vals)

    # -- draws ----------------------------------------------------------------

    def test_a_new_bucket_is_full_and_a_draw_takes_a_chunk(self):
        grant = self.draw()
        self.assertEqual((grant.granted, grant.tokens), (2, 18))
        self.env.invalidate_all()
        self.assertEqual(self.budget().tokens, 18)

    def test_other_lanes_leave_the_reserve_to_the_urgent_ones(self):
        self.budget().seconds = 36000
        self.spend(4)
        self.assertFalse(self.draw(urgent=False).granted)
        self.assertEqual(self.draw(urgent=True).granted, 2)

    def test_an_empty_bucket_fills_up_with_time(self):
        self.budget().seconds = 1000
        self.spend(0)
        self.assertFalse(self.draw().granted)
        self.time_passes(seconds=100)
        self.assertEqual(self.draw().granted, 2)

    def test_what_the_vendor_counts_is_shown(self):
        resets_at = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)
        self.draw(quota=Quota("requests", 1000, 400, resets_at))
        self.env.invalidate_all()
        self.assertEqual(self.budget().quota_text, "400 of 1000 left")
        self.assertEqual(self.budget().quota_resets_at, datetime.datetime(2030, 1, 1))
        self.assertEqual(self.connection.quota_text, "Requests: 400 of 1000 left")
        self.draw()
        self.env.invalidate_all()
        self.assertEqual(self.budget().quota_remaining, 400)

    def test_a_told_limit_takes_the_place_of_ours(self):
        self.budget().told = True
        self.env.flush_all()
        self.draw(quota=Quota("requests", 1000, 150))
        self.env.invalidate_all()
        budget = self.budget()
        self.assertEqual((budget.requests, budget.burst), (1000, 200))
        # What others have used is gone, too.
        self.spend(200)
        grant = self.draw(quota=Quota("requests", 1000, 12))
        self.assertEqual((grant.granted, grant.tokens), (10, 2))

    def test_a_told_limit_that_is_used_up_gives_nothing(self):
        self.budget().write({"told": True, "seconds": 86400})
        self.env.flush_all()
        grant = self.draw(quota=Quota("requests", 1000, 0))
        self.assertFalse(grant.granted)
        self.assertTrue(grant.wait > 60)

    def test_a_budget_that_is_switched_off_limits_nothing(self):
        self.budget().active = False
        self.env.flush_all()
        self.assertIsNone(_draw_tokens(self.env.cr, self.budget().id or 0, True, None))

    def test_a_row_that_another_transaction_can_not_see_limits_nothing(self):
        self.assertIsNone(draw_tokens(self.env.cr.dbname, self.budget().id, True, None))

    def test_the_database_reckons_as_the_engine_does(self):
        budgets = self.env["connector.budget"]
        for vals, tokens in (
            ({}, 3.5),
            ({"burst": 1}, 0.0),
            ({"reserve_percent": 100}, 19.0),
            ({"requests": 7, "seconds": 3, "burst": 7}, 2.0),
        ):
            self.budget().write(vals)
            self.spend(tokens)
            self.time_passes(seconds=0.5)
            row = self.budget()
            bucket = Bucket(
                row.requests, row.seconds, row.burst, row.reserve_percent / 100
            )
            [(available, bulk, finance)] = self.env.execute_query(
                SQL(
                    "SELECT %s, %s, %s FROM connector_budget b WHERE id = %s",
                    budgets._available(),
                    budgets._needed("bulk"),
                    budgets._needed("finance"),
                    row.id,
                )
            )
            with self.subTest(vals):
                self.assertAlmostEqual(
                    float(available), bucket.refilled(tokens, 0.5), delta=0.5
                )
                self.assertAlmostEqual(float(bulk), 1 + bucket.floor(False))
                self.assertAlmostEqual(float(finance), 1 + bucket.floor(True))

    # -- lanes ----------------------------------------------------------------

    def test_the_client_knows_the_lane_of_its_job(self):
        urgent = {}

        def step(env, job):
            connection = env["connector.connection"].browse(self.connection.id)
            allowances = connection._budgets(lambda *_asked: ())._allowances
            urgent[job.lane] = allowances["requests"]._draw_tokens.args[2]

        for lane in ("realtime", "finance", "default", "bulk"):
            self.enqueue(step, name=lane, lane=lane)
        self.run_jobs()
        self.assertEqual(
            urgent, {"realtime": True, "finance": True, "default": False, "bulk": False}
        )
        self.assertNotIn(LANE, self.env.context)
        step(self.env, self.env["connector.job"].new({"lane": "default"}))
        self.assertTrue(urgent["default"], "a person waits for the answer")

    def test_bulk_work_waits_for_the_reserve_and_urgent_work_does_not(self):
        self.budget().seconds = 36000
        self.spend(4)
        self.enqueue(name="bulk", lane="bulk")
        self.enqueue(name="default", lane="default")
        self.enqueue(name="finance", lane="finance")
        self.enqueue(name="realtime", lane="realtime")
        self.run_jobs()
        self.assertEqual(self.order, ["realtime", "finance"])
        self.time_passes(seconds=36000)
        self.run_jobs()
        self.assertEqual(set(self.order), {"realtime", "finance", "default", "bulk"})

    def test_nothing_starts_on_an_empty_bucket(self):
        self.budget().seconds = 36000
        self.spend(0)
        self.enqueue(name="realtime", lane="realtime")
        self.run_jobs()
        self.assertFalse(self.order)

    def test_a_budget_of_some_requests_stops_no_job(self):
        self.spend(0, "searches")
        self.enqueue(name="bulk", lane="bulk")
        self.run_jobs()
        self.assertEqual(self.order, ["bulk"])

    def test_a_budget_that_is_spent_holds_its_job_and_not_the_connection(self):
        until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2)
        error = errors.RateLimited(
            "Spent.",
            code=errors.BUDGET_SPENT,
            params={"vendor": "Fake"},
            retry_at=until,
        )
        job = self.run_failing(error, lane="bulk")
        self.assertEqual((job.state, job.attempt), ("pending", 0))
        self.assertGreater(job.eta, fields.Datetime.now())
        self.assertIn("budget of requests to Fake", job.error)
        self.assertFalse(self.connection.blocked_until)
        self.enqueue(name="finance", lane="finance")
        self.run_jobs()
        self.assertIn("finance", self.order)

    def test_the_moment_is_known_at_which_a_bucket_has_filled_up(self):
        self.assertIsNone(self.env["connector.connection"]._next_gate_change())
        self.budget().seconds = 1000
        self.spend(0)
        moment = self.env["connector.connection"]._next_gate_change()
        # 5 tokens at 0.081 a second.
        wait = (moment - fields.Datetime.now()).total_seconds()
        self.assertAlmostEqual(wait, 61.7, delta=2)
