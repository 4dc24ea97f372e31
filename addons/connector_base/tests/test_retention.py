from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common import ConnectorCase
from .common_vendor import inbound, remote

EVENT_DAYS = "connector_base.event_retention_days"


@tagged("post_install", "-at_install")
class TestRetention(ConnectorCase):
    """Each class of data goes after its time, and what waits for somebody never."""

    def ages(self, records, column, days):
        """Let rows be of so many days ago."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = now() AT TIME ZONE 'UTC'"
                " - make_interval(days => %s) WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                SQL.identifier(column),
                days,
                records.ids,
            )
        )
        records.invalidate_recordset()

    def settings(self):
        admin = self.user_of("administrator")
        return Form(self.env["connector.retention.settings"].with_user(admin))

    def test_what_was_held_and_taken_is_emptied_and_what_is_open_is_not(self):
        self.pull("companies", remote(1, phone="1"), remote(2, phone="2"))
        taken, held = self.exceptions().item_ids.sorted("remote_id")
        self.pull("companies", remote(1, name="One"))
        self.assertEqual(taken.state, "resolved")
        self.ages(taken + held, "last_seen_at", 91)
        self.assertEqual(taken._gc_settled(), (1, False))
        self.assertFalse(taken.sudo().payload)
        self.assertEqual(held.sudo().payload["phone"], "2")

    def test_a_dead_letter_loses_what_it_quotes_and_waits_on(self):
        flow = self.flow("companies")
        job = self.env["connector.job"].create(
            {
                "name": "x",
                "model_name": "connector.pull",
                "method_name": "_job_pull",
                "kwargs": {"flow_id": flow.id},
                "flow_id": flow.id,
                "state": "dead",
                "traceback": "Boom",
            }
        )
        self.ages(job, "finished_at", 179)
        self.assertEqual(job._gc_dead(), (0, False))
        self.ages(job, "finished_at", 181)
        self.assertEqual(job._gc_dead(), (1, False))
        self.assertFalse(job.traceback)
        self.assertEqual((job.state, job.kwargs), ("dead", {"flow_id": flow.id}))

    def test_the_page_says_what_a_change_would_delete_before_it_is_saved(self):
        self.receive(inbound("e1", "companies", 1), inbound("e2", "companies", 2))
        events = self.event("e1") + self.event("e2")
        events[0]._finish_events([(events[0].id,)], "ignored")
        self.ages(events[0], "processed_at", 20)
        with self.settings() as page:
            with page.line_ids.edit(0) as line:
                self.assertEqual((line.label, line.rows_text), ("Events", "1"))
                self.assertEqual(line.due_text, "Nothing would go tonight")
                line.days = 10
                self.assertEqual(line.due_text, "1 rows would go from tonight on")
        self.assertEqual(events.exists(), events)
        page.record.action_save()
        parameters = self.env["ir.config_parameter"]
        self.assertEqual(parameters.get_param(EVENT_DAYS), "10")
        events._gc_finished()
        self.assertEqual(events.exists(), events[1])

    def test_the_audit_is_kept_for_as_long_as_it_has_to_be(self):
        with self.settings() as page:
            with page.line_ids.edit(len(page.line_ids) - 1) as line:
                self.assertEqual(line.label, "Audit")
                line.days = 30
                self.assertIn("At least", line.due_text)
        with self.assertRaises(UserError):
            page.record.action_save()
        self.env["ir.config_parameter"].set_param(
            "connector_base.audit_retention_days", "1"
        )
        retention = self.env["connector.retention"]
        self.assertEqual(retention._days(retention._class("audit")), 1096)
