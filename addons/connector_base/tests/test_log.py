from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models import connector_log
from .common import ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestLog(ConnectorCase):
    # -- what it says ---------------------------------------------------------

    def test_each_change_of_a_record_is_one_row(self):
        self.pull("companies", remote(1, name="Acme", city="Berlin"))
        self.pull("companies", remote(1, name="Acme", city="Bonn"))
        self.pull("companies", remote(1, name="Acme", city="Bonn"))
        logs = self.logs("companies", 1)
        self.assertEqual(logs.mapped("action"), ["create", "update"])

    def test_a_row_says_by_which_job_map_and_exchange_it_came(self):
        job = self.pull("companies", remote(1, name="Acme"))
        log = self.logs("companies", 1)
        self.assertEqual(log.job_number, job.id)
        self.assertEqual(log.correlation_id, job.correlation_id)
        self.assertEqual((log.map_version, log.request_id), (1, "req-0"))
        self.assertEqual((log.direction, log.company_id), ("pull", self.env.company))
        self.assertEqual(log.res_id, self.taken("companies", 1).id)

    def test_an_update_shows_before_and_after_of_what_changed_only(self):
        self.pull("companies", remote(1, name="Acme", city="Berlin", zip="1"))
        self.pull("companies", remote(1, name="Acme", city="Bonn", zip="1"))
        log = self.logs("companies", 1)[-1]
        self.assertEqual(log.changes, {"city": ["Berlin", "Bonn"]})
        self.assertEqual(log.changes_text, "City: Berlin → Bonn")

    def test_values_are_called_as_people_call_them(self):
        logs = self.env["connector.log"]
        model = self.env["res.partner"]
        for name, value, shown in (
            ("active", True, "yes"),
            ("active", False, "no"),
            ("company_type", "company", "Company"),
            ("company_type", "a family", "a family"),
            ("category_id", ["Gold", "Silver"], "Gold, Silver"),
            ("city", False, "empty"),
        ):
            with self.subTest(name=name, value=value):
                found = logs._value_in_words(model._fields[name], value)
                self.assertEqual(found, shown)

    def test_names_in_lists_are_for_who_decides_only(self):
        entity = self.env["connector.entity.customer.company"]
        gold = self.env["res.partner.category"].create({"name": "Gold"})
        changes = [{"category_id": (None, [gold.id])}]
        for plain, value in ((False, gold.id), (True, "Gold")):
            logs = self.env["connector.log"].with_context(
                **{connector_log.PLAIN: plain}
            )
            [said] = logs._in_words(entity, changes, {})
            self.assertEqual(said, {"category_id": [None, [value]]})

    def test_a_creation_shows_what_was_set(self):
        self.pull("companies", remote(1, name="Acme", city="Berlin", zip=None))
        changes = self.logs("companies", 1).changes
        self.assertEqual(changes["city"], [None, "Berlin"])
        self.assertNotIn("zip", changes)

    def test_personal_data_is_masked_before_and_after(self):
        before = {
            "last_name": "Doe",
            "email": "jo.doe@acme.example",
            "phone": "+4930901820",
            "street": "Main Street 1",
        }
        after = {
            "last_name": "Moe",
            "email": "jo.moe@acme.example",
            "phone": "+4930901821",
            "street": "Side Street 2",
        }
        self.pull("contacts", remote(1, **before))
        self.pull("contacts", remote(1, **after))
        logs = self.logs("contacts", 1)
        self.assertEqual(set(logs[-1].changes), {"name", "email", "phone", "street"})
        text = str(logs.mapped("changes")) + str(logs.mapped("changes_text"))
        for value in (*before.values(), *after.values()):
            self.assertNotIn(value, text)

    def test_what_was_not_taken_is_not_in_the_log(self):
        self.pull("companies", remote(1, phone="1"))
        self.assertFalse(self.logs("companies", 1))

    def test_a_region_that_odoo_does_not_know_is_noted(self):
        self.change_map(
            "companies", new_lines=[{"remote_path": "state", "target": "state"}]
        )
        self.pull("companies", remote(1, name="A", country="DE", state="Atlantis"))
        self.assertIn("Atlantis", self.logs("companies", 1).note)
        self.assertFalse(self.exceptions())

    def test_a_run_that_changed_nothing_leaves_no_row(self):
        record = remote(1, name="Acme")
        self.pull("companies", record)
        before = self.env["connector.log"].search_count([])
        self.pull("companies", record)
        self.assertEqual(self.env["connector.log"].search_count([]), before)

    # -- append-only ----------------------------------------------------------

    def test_rows_are_neither_changed_nor_deleted_not_even_by_the_superuser(self):
        self.pull("companies", remote(1, name="Acme"))
        log = self.logs("companies", 1)
        with self.assertRaises(UserError):
            log.note = "Nothing to see here"
        with self.assertRaises(UserError):
            log.sudo().write({"changes": {}})
        with self.assertRaises(UserError):
            log.unlink()

    def test_nobody_writes_rows_of_his_own(self):
        vals = {
            "connection_id": self.connection.id,
            "direction": "pull",
            "action": "run",
        }
        for group in ("operator", "administrator"):
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.env["connector.log"].with_user(self.user_of(group)).create(vals)

    def test_the_log_outlives_job_and_record(self):
        job = self.pull("companies", remote(1, name="Acme"))
        self.taken("companies", 1).unlink()
        number = job.id
        job.unlink()
        log = self.logs("companies", 1)
        self.assertTrue(log)
        self.assertEqual(log.job_number, number)
        with self.assertRaises(UserError):
            log.action_open_record()
