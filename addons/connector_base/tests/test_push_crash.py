from unittest.mock import patch

from odoo.tests import tagged

from ..engine import errors
from .common import activate
from .common_push import PushCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestPushCrash(PushCase):
    """Whatever dies at whatever line, each record is there once."""

    def new_company(self, name="Acme", **vals):
        return self.env["res.partner"].create(
            {"name": name, "is_company": True, **vals}
        )

    def made_once(self, *partners):
        made = self.vendor.records["companies"]
        self.assertEqual(len(made), len(partners))
        for partner in partners:
            binding = self.binding_of(partner)
            self.assertEqual(binding.state, "synced")
            self.assertEqual(made[binding.remote_id].values["name"], partner.name)
        self.assertEqual(self.waiting(), [])

    def test_a_worker_that_dies_before_the_request_loses_nothing(self):
        partner = self.new_company()
        self.vendor.before_write = self.die("create")
        self.push_dying()
        self.made_once(partner)

    def test_a_worker_that_dies_after_the_request_makes_no_second_record(self):
        partner = self.new_company()
        self.vendor.after_write = self.die("create")
        self.push_dying()
        self.assertEqual(len(self.sent("create")), 2, "nothing was tried again")
        self.made_once(partner)

    def test_an_update_is_repeated_after_a_death(self):
        self.pull("companies", remote(1, name="Acme"))
        self.taken("companies", 1).city = "Lyon"
        self.vendor.after_write = self.die("update")
        self.push_dying()
        self.assertEqual(self.vendor.records["companies"]["1"].values["city"], "Lyon")
        self.assertEqual(self.waiting(), [])

    def test_the_intent_is_written_down_before_the_request(self):
        partner = self.new_company()
        seen = []

        def look(operation):
            seen.append(self.binding_of(partner).read(["state", "remote_id"])[0])

        self.vendor.before_write = look
        self.push()
        self.assertEqual(seen[0]["state"], "creating")
        self.assertFalse(seen[0]["remote_id"])

    def test_a_pull_that_meets_the_new_record_first_binds_it(self):
        partner = self.new_company()
        self.commit()

        def met(operation):
            self.vendor.after_write = lambda o: None
            [made] = self.vendor.records["companies"].values()
            flow = self.flow("companies")
            with self.other_worker() as env:
                run = env["connector.pull"]._start(
                    env["connector.flow"].browse(flow.id), env["connector.job"]
                )
                env["connector.pull"]._take(run, [made])

        self.vendor.after_write = met
        self.push()
        self.assertEqual(
            self.env["res.partner"].search_count([("name", "=", "Acme")]), 1
        )
        self.made_once(partner)

    def half_made(self, company):
        """A contact whose company the vendor owns, made and not linked yet.

        Vendors make records and their links by two requests; a pull has met it between.

        :return: ``(partner, what the vendor has of it)``
        """
        draft = self.env["connector.field.map"].browse(
            self.contacts.active_map_id.action_new_draft()["res_id"]
        )
        draft.line_ids.owner = "remote"
        activate(draft)
        person = self.env["res.partner"].create(
            {"name": "Ada Lovelace", "parent_id": company.id}
        )
        self.commit()
        self.contacts._enqueue_push()
        self.vendor.after_write = self.die("create")
        self.run_until_death()
        [made] = self.vendor.records["contacts"].values()
        made.values["company"] = None
        pull = self.env["connector.pull"]
        pull._take(pull._start(self.contacts, self.env["connector.job"]), [made])
        return person, made

    def go_on(self, person):
        self.time_passes(hours=1)
        self.run_jobs()
        self.env.invalidate_all()
        self.assertEqual(self.binding_of(person, self.contacts).state, "synced")
        self.assertEqual(self.waiting(), [])
        [made] = self.vendor.records["contacts"].values()
        return made.values["company"]

    def test_a_link_that_was_not_made_yet_is_made_after_a_death(self):
        company = self.new_company()
        self.push()
        person, _made = self.half_made(company)
        linked = self.go_on(person)
        self.assertEqual(person.parent_id, company)
        self.assertEqual(linked, self.binding_of(company).remote_id)

    def test_a_link_that_somebody_made_there_meanwhile_stays(self):
        company = self.new_company()
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        self.push()
        person, made = self.half_made(company)
        made.values["company"] = self.binding_of(other).remote_id
        linked = self.go_on(person)
        self.assertEqual(linked, self.binding_of(other).remote_id)
        self.assertEqual(person.parent_id, other)

    def test_a_record_that_was_made_whole_before_the_death_is_only_noted(self):
        partner = self.new_company()
        self.commit()
        self.companies._enqueue_push()
        self.vendor.after_write = self.die("create")
        self.run_until_death()
        [made] = self.vendor.records["companies"].values()
        pull = self.env["connector.pull"]
        pull._take(pull._start(self.companies, self.env["connector.job"]), [made])
        self.assertEqual(self.binding_of(partner).state, "creating")
        self.time_passes(hours=1)
        self.run_jobs()
        self.assertEqual(len(self.vendor.sent), 1)
        self.env.invalidate_all()
        self.made_once(partner)

    def test_a_record_of_ours_is_known_even_where_its_intent_is_gone(self):
        partner = self.new_company()
        key = self.env["connector.binding"]._external_key("res.partner", partner.id)
        self.forget()
        self.pull("companies", remote(9, name="Acme", key=key))
        self.assertEqual(self.taken("companies", 9), partner)

    def test_a_copy_of_our_key_at_the_vendor_takes_nothing_over(self):
        partner = self.new_company()
        self.push()
        first = self.binding_of(partner)
        self.pull("companies", remote(9, name="Copy", key=first.external_key))
        self.assertEqual(self.binding_of(partner), first)
        self.assertNotEqual(self.taken("companies", 9), partner)

    def test_a_key_of_another_database_is_none_of_ours(self):
        partner = self.new_company()
        self.forget()
        self.pull("companies", remote(9, name="A", key=f"x-res.partner-{partner.id}"))
        self.assertNotEqual(self.taken("companies", 9), partner)

    def test_a_failed_request_loses_no_change(self):
        partner = self.new_company()
        self.vendor.failures.append(errors.TransientError("down", code="server_error"))
        job = self.try_push()
        self.assertEqual(job.state, "pending")
        self.assertEqual(self.waiting(), [(partner.id, "pending")])
        self.time_passes(hours=1)
        self.run_jobs()
        self.made_once(partner)

    def test_batches_before_a_failure_are_done(self):
        partners = [self.new_company(f"Acme {n}") for n in range(5)]

        def fail(operation):
            if len(self.vendor.sent) == 1:
                self.vendor.before_write = lambda o: None
                raise errors.TransientError("down", code="server_error")

        self.vendor.before_write = fail
        self.try_push()
        self.assertEqual(len(self.waiting()), 2)
        self.time_passes(hours=1)
        self.run_jobs()
        self.assertEqual(len(self.sent("create")), 5)
        self.made_once(*partners)

    def test_changes_made_during_the_request_go_afterwards(self):
        partner = self.new_company()

        def edit(operation):
            self.vendor.after_write = lambda o: None
            with self.other_worker() as env:
                env["res.partner"].browse(partner.id).city = "Lyon"

        self.vendor.after_write = edit
        self.push()
        made = self.vendor.records["companies"][self.binding_of(partner).remote_id]
        self.assertEqual(made.values["city"], "Lyon")
        self.assertEqual(self.waiting(), [])

    def test_a_round_without_time_goes_on_in_another_run(self):
        partner = self.new_company()
        cron = type(self.env["ir.cron"])
        progress = cron._commit_progress

        def no_time(*arguments, **options):
            progress(*arguments, **options)
            return 1

        with patch.object(cron, "_commit_progress", no_time):
            job = self.try_push()
        self.assertIn(job.state, ("pending", "done"))
        self.run_jobs()
        self.made_once(partner)
