from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine.trail import CORRELATION
from .common_outbox import OutboxCase
from .common_push import PushCase
from .common_vendor import inbound, remote


@tagged("post_install", "-at_install")
class TestTrail(PushCase):
    """One change is followed from where it came in to where it went out."""

    def shown(self, source):
        """The steps that a button shows, in order."""
        action = source.action_show_trail()
        trail = self.env["connector.trail"].browse(action["res_id"])
        return trail.with_user(source.env.user).line_ids

    def kinds(self, steps):
        return list(dict.fromkeys(steps.mapped("kind")))

    def told(self, *ids):
        for number in ids:
            self.vendor.add("companies", remote(number, name=f"Company {number}"))
        self.receive(*[inbound(f"e{number}", "companies", number) for number in ids])
        self.run_jobs()
        self.env.invalidate_all()

    # -- one id ---------------------------------------------------------------

    def test_event_job_and_log_bear_one_id(self):
        self.told(1)
        event, log = self.event("e1"), self.logs("companies", 1)
        self.assertTrue(event.correlation_id)
        self.assertEqual(log.correlation_id, event.correlation_id)
        self.assertEqual(event.job_id.correlation_id, event.correlation_id)

    def test_what_a_job_enqueues_goes_on_with_its_trail(self):
        jobs = self.env["connector.job"].with_context(**{CORRELATION: "abc"})
        flow = self.flow("companies").with_env(jobs.env)
        flow._enqueue_pull()
        self.assertEqual(self.last_job(flow).correlation_id, "abc")

    def test_what_comes_in_goes_out_to_others_with_its_trail(self):
        other = self.connect(name="Other CRM")
        self.send(other, "companies")
        self.vendor.add("companies", remote(1, name="Acme"))
        self.receive(inbound("e1", "companies", 1))
        self.run_jobs()
        self.env.cr.flush()
        event = self.event("e1")
        logs = self.env["connector.log"].search(
            [("correlation_id", "=", event.correlation_id)]
        )
        self.assertEqual(set(logs.mapped("direction")), {"pull", "push"})
        self.assertEqual(logs.connection_id, self.connection | other)
        steps = self.shown(event)
        self.assertEqual(set(steps.mapped("system")), {"Fake CRM", "Other CRM"})
        written = steps.filtered(lambda step: step.kind == "change")
        self.assertEqual(written.mapped("direction"), ["pull", "push"])

    def test_what_a_person_writes_is_one_trail(self):
        partner = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        partner.city = "Paris"
        self.env.cr.flush()
        changes = self.env["connector.change"].search([("res_id", "=", partner.id)])
        self.assertEqual(len(set(changes.mapped("correlation_id"))), 1)
        self.assertTrue(changes[0].correlation_id)

    # -- the screen -----------------------------------------------------------

    def test_the_steps_stand_in_the_order_of_time(self):
        self.told(1)
        steps = self.shown(self.logs("companies", 1))
        self.assertEqual(steps.mapped("sequence"), list(range(1, len(steps) + 1)))
        moments = [step.moment.replace(microsecond=0) for step in steps]
        self.assertEqual(moments, sorted(moments))
        self.assertLessEqual({"event", "job", "change"}, set(self.kinds(steps)))
        self.assertEqual(steps[0].title, "Fake CRM told of it")

    def test_map_version_and_request_id_are_shown(self):
        self.pull("companies", remote(1, name="Acme"))
        change = self.shown(self.logs("companies", 1)).filtered(
            lambda step: step.kind == "change" and step.remote_id == "1"
        )
        self.assertEqual((change.map_version, change.request_id), (1, "req-0"))

    def test_of_a_batch_one_record_is_chosen_and_all_can_be_seen(self):
        self.told(1, 2, 3)
        log = self.logs("companies", 2)
        action = log.action_show_trail()
        trail = self.env["connector.trail"].browse(action["res_id"])

        def remote_ids():
            return set(filter(None, trail.line_ids.mapped("remote_id")))

        self.assertEqual(remote_ids(), {"2"})
        trail.action_whole()
        self.assertEqual(remote_ids(), {"1", "2", "3"})
        trail.action_whole()
        self.assertEqual(remote_ids(), {"2"})

    def test_what_held_a_record_up_is_a_step(self):
        self.pull("companies", remote(1, phone="030 1"))
        item = self.exceptions().item_ids
        self.pull("companies", remote(1, name="Acme", phone="030 1"))
        steps = self.shown(item)
        self.assertIn("exception", self.kinds(steps))
        self.assertIn("change", self.kinds(steps))
        held = steps.filtered(lambda step: step.kind == "exception")
        self.assertIn("Held", held[0].title)
        self.assertIn("Resolved", held[-1].title)

    def test_what_people_did_is_a_step(self):
        self.told(1)
        event = self.event("e1")
        event.action_process_again()
        self.env.cr.flush()
        steps = self.shown(event).filtered(lambda step: step.kind == "audit")
        self.assertEqual(steps.user_id, self.env.user)

    def test_the_panel_of_a_record_shows_all_its_trails(self):
        self.pull("companies", remote(1, name="Acme"))
        self.pull("companies", remote(1, name="Acme", city="Bonn"))
        partner = self.taken("companies", 1)
        action = partner.action_open_connector_panel()
        panel = self.env["connector.record.panel"].browse(action["res_id"])
        changes = self.shown(panel).filtered(
            lambda step: step.kind == "change" and step.remote_id == "1"
        )
        self.assertEqual(len(changes), 2)
        self.assertEqual(changes[0].action_open()["res_model"], "connector.log")

    def test_where_nothing_is_kept_that_is_said(self):
        self.pull("companies", remote(1, phone="030 1"))
        with self.assertRaises(UserError):
            self.exceptions().item_ids.action_show_trail()

    # -- access ---------------------------------------------------------------

    def test_a_viewer_sees_the_trail_and_nobody_elses(self):
        self.told(1)
        viewer = self.user_of("viewer")
        log = self.logs("companies", 1).with_user(viewer)
        action = log.action_show_trail()
        trail = self.env["connector.trail"].browse(action["res_id"])
        self.assertTrue(trail.with_user(viewer).line_ids)
        other = self.user_of("viewer", name="Another")
        with self.assertRaises(AccessError):
            trail.with_user(other).read(["name"])


@tagged("post_install", "-at_install")
class TestTrailHeader(OutboxCase):
    """A vendor is told the id only where it has a header for that."""

    def test_nothing_is_sent_where_the_vendor_knows_no_such_header(self):
        provider = self.env["connector.provider"]
        connection = self.connection.with_context(**{CORRELATION: "abc"})
        self.assertIsNone(provider._trail_header(connection))

    def test_the_header_that_the_provider_names_bears_the_id_of_the_job(self):
        provider = self.env["connector.provider"]
        connection = self.connection.with_context(**{CORRELATION: "abc"})
        self.patch(type(provider), "_provider_trail_header", "X-Trail")
        self.assertEqual(provider._trail_header(connection), ("X-Trail", "abc"))
        self.assertIsNone(provider._trail_header(self.connection))
