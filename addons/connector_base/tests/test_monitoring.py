import datetime
import re

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..controllers import monitoring
from ..engine.rate_limit import RateLimit
from ..models.connector_metrics import TOKEN_PARAMETER
from .common import ConnectorCase
from .common_vendor import inbound

LINE = re.compile(r'[a-z_]+(\{([a-z_]+="([^"\\\n]|\\.)*",?)+\})? -?[0-9.e+-]+')


@tagged("post_install", "-at_install")
class TestMonitoring(ConnectorCase, HttpCase):
    """What a load balancer and a monitoring system are told."""

    def setUp(self):
        super().setUp()
        self.now = [0.0]
        self.patch(monitoring, "_answers", {})
        self.patch(
            monitoring,
            "refused_callers",
            RateLimit(rate=1, burst=3, clock=lambda: self.now[0]),
        )

    def new_token(self):
        page = self.env["connector.monitoring"].create({})
        message = page.action_renew_token()["params"]["message"]
        return message.rpartition(" ")[2]

    def metrics(self, token=None, **headers):
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.url_open("/connector/metrics", headers=headers)

    def value(self, name, **labels):
        """The value of a metric whose labels hold these."""
        for line in self.env["connector.metrics"]._text().splitlines():
            wanted = (f'{key}="{value}"' for key, value in labels.items())
            if line.startswith((f"{name}{{", f"{name} ")):
                if all(part in line for part in wanted):
                    return float(line.rpartition(" ")[2])
        return None

    # -- health ---------------------------------------------------------------

    def test_health_is_up_and_nothing_else(self):
        answer = self.url_open("/connector/health")
        self.assertEqual((answer.status_code, answer.text), (200, "up"))
        self.assertNotIn("Set-Cookie", answer.headers)

    def test_health_is_degraded_where_a_lane_stands_still(self):
        self.env["connector.job"].enqueue(
            self.connection,
            "_job_refresh_references",
            name="Old",
            lane="bulk",
            eta=fields.Datetime.now() - datetime.timedelta(hours=1),
        )
        answer = self.url_open("/connector/health")
        self.assertEqual((answer.status_code, answer.text), (200, "degraded"))

    # -- who may read ---------------------------------------------------------

    def test_without_a_token_there_are_no_metrics(self):
        self.assertEqual(self.metrics().status_code, 404)
        self.assertEqual(self.metrics("x" * 43).status_code, 404)

    def test_only_the_token_reads_them(self):
        token = self.new_token()
        self.assertEqual(self.metrics(token).status_code, 200)
        for headers in (
            {},
            {"Authorization": f"Basic {token}"},
            {"Authorization": f"Bearer {token[:-1]}"},
        ):
            self.assertEqual(self.metrics(**headers).status_code, 401, headers)
        self.assertEqual(self.metrics(token).status_code, 429)
        self.now[0] += 60
        self.assertEqual(self.metrics(token).status_code, 200)

    def test_a_new_token_ends_the_old_one_and_off_ends_all(self):
        old, token = self.new_token(), self.new_token()
        self.assertEqual(self.metrics(old).status_code, 401)
        self.assertEqual(self.metrics(token).status_code, 200)
        self.env["connector.monitoring"].create({}).action_switch_off()
        self.assertEqual(self.metrics(token).status_code, 404)

    def test_the_token_is_kept_as_a_digest_only(self):
        token = self.new_token()
        kept = self.env["ir.config_parameter"].sudo().get_param(TOKEN_PARAMETER)
        self.assertTrue(kept)
        self.assertNotIn(token, kept)

    def test_only_administrators_make_one(self):
        pages = self.env["connector.monitoring"]
        page = pages.create({})
        for group in ("viewer", "operator", "map_editor"):
            with self.assertRaises(AccessError):
                page.with_user(self.user_of(group)).action_renew_token()
        page = pages.with_user(self.user_of("administrator")).create({})
        self.assertFalse(page.is_on)
        page.action_renew_token()
        page.invalidate_recordset()
        self.assertTrue(page.is_on)

    # -- what they say --------------------------------------------------------

    def test_every_line_is_as_prometheus_reads_it(self):
        self.connection.name = 'Say "hello"\\ \n you'
        text = self.metrics(self.new_token()).text
        lines = [line for line in text.split("\n") if line]
        self.assertGreater(len(lines), 30)
        for line in lines:
            if not line.startswith(("# HELP ", "# TYPE ")):
                self.assertRegex(line, LINE)
                self.assertTrue(LINE.fullmatch(line), line)

    def test_what_waits_and_how_long(self):
        own = {"id": self.connection.id}
        self.receive(inbound("e1", "companies", 1), inbound("e2", "companies", 2))
        waiting = self.value("connector_events", state="waiting", **own)
        self.assertEqual(waiting, 2)
        self.assertLess(self.value("connector_webhook_lag_seconds", **own), 60)
        self.assertEqual(self.value("connector_connected", **own), 1)
        self.assertEqual(self.value("connector_circuit_open", **own), 0)
        before = self.value("connector_jobs_last_hour", state="done") or 0
        self.run_jobs()
        self.assertEqual(self.value("connector_events", state="waiting", **own), 0)
        after = self.value("connector_jobs_last_hour", state="done")
        self.assertGreater(after, before)

    def test_how_old_the_data_are_and_may_be(self):
        flow = self.flow("companies")
        flow.latency_target = 15
        flow.last_success_at = fields.Datetime.now() - datetime.timedelta(minutes=20)
        labels = {"id": self.connection.id, "flow": "companies"}
        self.assertGreaterEqual(
            self.value("connector_flow_lag_seconds", **labels), 1200
        )
        self.assertEqual(self.value("connector_flow_target_seconds", **labels), 900)

    def test_what_ends_when(self):
        self.connection.credential_ids[:1].expires_on = "2030-01-01"
        moment = self.value(
            "connector_token_expiry_timestamp_seconds", id=self.connection.id
        )
        self.assertEqual(moment, 1893456000)

    def test_ten_connections_cost_as_many_queries_as_one(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["connector.metrics"]._text()
            return self.cr.sql_log_count - before

        count()
        one = count()
        for number in range(9):
            self.connect(name=f"Another {number}")
        self.assertLessEqual(count(), one)

    def test_nothing_is_asked_again_within_some_seconds(self):
        token = self.new_token()
        first = self.metrics(token).text
        self.receive(inbound("e1", "companies", 1))
        self.assertEqual(self.metrics(token).text, first)

    def test_no_secret_is_told(self):
        self.connection.credential_ids[:1].secret = "canary-in-the-metrics"
        self.assertNotIn("canary", self.env["connector.metrics"]._text())
