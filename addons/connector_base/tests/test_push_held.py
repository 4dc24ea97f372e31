from odoo.tests import tagged

from ..engine import errors
from .common_push import PushCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestPushHeld(PushCase):
    """What can't go waits for a person, and holds nobody else up."""

    def test_a_refused_record_is_held_and_its_neighbours_go(self):
        partners = self.env["res.partner"].create(
            [{"name": f"C{n}", "is_company": True} for n in range(3)]
        )
        self.vendor.refused["C1"] = errors.InvalidRecord("No such name")
        job = self.push()
        self.assertEqual(job.result, {"created": 2, "held": 1})
        self.assertEqual(self.waiting(), [(partners[1].id, "held")])
        [item] = self.items()
        self.assertEqual((item.res_model, item.res_id), ("res.partner", partners[1].id))
        self.assertEqual(item.label, "C1")
        self.assertEqual(item.payload, {"name": "C1"})
        self.assertIn("No such name", item.message)
        self.assertFalse(self.binding_of(partners[1]), "its intent is left")

    def test_correcting_the_record_closes_the_exception(self):
        partner = self.env["res.partner"].create({"name": "C1", "is_company": True})
        self.vendor.refused["C1"] = errors.InvalidRecord("No such name")
        self.push()
        partner.name = "C2"
        self.push()
        self.assertEqual(self.items("resolved").exception_id.state, "resolved")
        self.assertEqual(self.waiting(), [])

    def test_a_retry_sends_a_held_record_again(self):
        partner = self.env["res.partner"].create({"name": "C1", "is_company": True})
        self.vendor.refused["C1"] = errors.InvalidRecord("No such name")
        self.push()
        self.vendor.refused.clear()
        self.items().exception_id.action_retry()
        self.run_jobs()
        self.assertEqual(self.binding_of(partner).state, "synced")
        self.assertFalse(self.items())
        self.assertEqual(self.waiting(), [])

    def test_many_records_of_one_cause_are_one_exception(self):
        self.env["res.partner"].create(
            [{"name": "Same", "is_company": True} for _n in range(4)]
        )
        self.vendor.refused["Same"] = errors.InvalidRecord("No such name")
        self.push()
        self.assertEqual(len(self.items()), 4)
        self.assertEqual(len(self.items().exception_id), 1)

    def test_a_record_that_is_gone_there_is_not_made_again(self):
        self.pull("companies", remote(1, name="Acme"))
        del self.vendor.records["companies"]["1"]
        self.taken("companies", 1).city = "Lyon"
        self.push()
        self.assertEqual(self.vendor.records["companies"], {})
        [item] = self.items()
        self.assertEqual(item.exception_id.code, "gone_remotely")
        self.assertEqual(item.remote_id, "1")

    def test_what_is_held_of_a_record_that_is_gone_ends_with_its_archiving(self):
        self.pull("companies", remote(1, name="Acme"))
        del self.vendor.records["companies"]["1"]
        self.taken("companies", 1).city = "Lyon"
        self.push()
        self.assertTrue(self.waiting())
        self.pull("companies", remote(1, name="Acme", archived=True))
        self.assertEqual(self.waiting(), [])
        self.assertEqual(self.items("resolved").exception_id.state, "resolved")

    def test_a_row_whose_trouble_passes_stays_in_the_outbox(self):
        partners = self.env["res.partner"].create(
            [{"name": f"C{n}", "is_company": True} for n in range(2)]
        )
        self.vendor.refused["C1"] = errors.TransientError("locked", code="server_error")
        job = self.try_push()
        self.assertEqual(job.state, "pending")
        self.assertEqual(self.waiting(), [(partners[1].id, "pending")])
        self.vendor.refused.clear()
        self.time_passes(hours=1)
        self.run_jobs()
        self.assertEqual(self.waiting(), [])
        self.assertEqual(len(self.vendor.made("companies")), 2)

    def test_an_unmapped_owner_goes_without_and_follows_when_it_is_mapped(self):
        user = self.user_of("viewer")
        self.forget()
        self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "user_id": user.id}
        )
        self.push()
        self.assertEqual(self.sent(), [{"name": "Acme"}])
        [item] = self.items()
        self.assertFalse(item.blocking)
        value_map = self.env["connector.value.map"]._ensure(self.connection, "owner")
        line = self.env["connector.value.map.line"].create(
            {"map_id": value_map.id, "remote_value": "77"}
        )
        line.res_id = user.id
        self.run_jobs()
        self.assertEqual(self.sent("update"), [{"owner": "77"}])
        self.assertFalse(self.items())

    def test_a_value_that_stands_for_several_is_not_guessed(self):
        user = self.user_of("viewer")
        self.forget()
        value_map = self.env["connector.value.map"]._ensure(self.connection, "owner")
        self.env["connector.value.map.line"].create(
            [
                {"map_id": value_map.id, "remote_value": value, "res_id": user.id}
                for value in ("77", "78")
            ]
        )
        self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "user_id": user.id}
        )
        self.push()
        self.assertEqual(self.sent(), [{"name": "Acme"}])
        self.assertEqual(self.items().exception_id.code, "several_values")

    def test_what_the_vendor_has_already_is_linked_and_read(self):
        self.vendor.add(
            "contacts", remote(5, email="ada@example.com", city="Paris", job=None)
        )
        person = self.env["res.partner"].create(
            {
                "name": "Ada Lovelace",
                "email": "ada@example.com",
                "function": "Engineer",
            }
        )
        self.push("contacts")
        binding = self.binding_of(person, self.contacts)
        self.assertEqual(binding.remote_id, "5")
        self.assertEqual(len(self.vendor.records["contacts"]), 1)
        self.assertEqual(person.city, "Paris")
        self.push("contacts")
        names = {"first_name": "Ada", "last_name": "Lovelace"}
        self.assertEqual(self.sent("update"), [{**names, "job": "Engineer"}])

    def test_what_is_linked_with_another_record_already_is_held(self):
        self.pull("contacts", remote(5, first_name="Ada", email="ada@example.com"))
        twin = self.env["res.partner"].create(
            {"name": "Ada L.", "email": "ada@example.com"}
        )
        self.push("contacts")
        self.assertFalse(self.binding_of(twin, self.contacts))
        self.assertEqual(self.items().exception_id.code, "bound_elsewhere")

    def test_what_people_ignore_waits_no_more(self):
        partner = self.env["res.partner"].create({"name": "C1", "is_company": True})
        self.vendor.refused["C1"] = errors.InvalidRecord("No such name")
        self.push()
        exception = self.items().exception_id
        exception.ignore_reason = "Not wanted there"
        exception.action_ignore()
        self.assertEqual(self.waiting(), [])
        self.vendor.refused.clear()
        partner.city = "Lyon"
        self.push()
        self.assertEqual(self.sent("create")[-1], {"name": "C1", "city": "Lyon"})

    def test_a_vendor_that_takes_nothing_says_so(self):
        provider = type(self.env["connector.provider.fake"])
        self.env["res.partner"].create({"name": "Acme", "is_company": True})
        self.patch(provider, "_writer", lambda *arguments: None)
        job = self.try_push()
        self.assertEqual(job.state, "dead")
        self.assertEqual(self.exceptions().mapped("code"), ["no_writer"])
        self.assertEqual(len(self.waiting()), 1)
