import base64
import itertools

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..models.connector_change import WOKEN
from .common_outbox import OutboxCase


@tagged("post_install", "-at_install")
class TestOutbox(OutboxCase):
    """What people change in Odoo is recorded for the flows that send it."""

    # -- operations -----------------------------------------------------------

    def test_a_new_record_is_recorded_as_created(self):
        partner = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        self.assertEqual(self.changes(partner), [("create", False)])

    def test_a_change_names_the_mapped_fields_that_changed(self):
        partner = self.partner()
        partner.write({"phone": "+1 555 0100", "city": "Paris"})
        self.assertEqual(self.changes(partner), [("write", ["city", "phone"])])

    def test_a_change_of_a_field_that_is_not_mapped_is_none(self):
        partner = self.partner()
        partner.write({"function": "Boss", "color": 3})
        self.assertEqual(self.changes(partner), [])

    def test_a_record_that_is_written_twice_is_recorded_once(self):
        partner = self.partner()
        partner.city = "Paris"
        self.env.flush_all()
        partner.zip = "75001"
        self.assertEqual(self.changes(partner), [("write", ["city", "zip"])])

    def test_what_is_created_and_then_changed_is_a_creation(self):
        partner = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        self.env.flush_all()
        partner.city = "Paris"
        self.assertEqual(self.changes(partner), [("create", False)])

    def test_an_archived_record_is_recorded_where_the_flow_archives(self):
        self.companies.on_unlink = "archive"
        partner = self.partner()
        self.bind(partner)
        partner.action_archive()
        self.assertEqual(self.changes(partner), [("archive", ["active"])])

    def test_an_archived_record_that_the_vendor_never_had_is_none_of_its_business(self):
        self.companies.on_unlink = "archive"
        partner = self.partner()
        partner.action_archive()
        self.assertEqual(self.changes(partner), [])

    def test_archiving_is_not_recorded_where_the_flow_keeps(self):
        partner = self.partner()
        self.bind(partner)
        partner.action_archive()
        self.assertEqual(self.changes(partner), [])

    def test_what_is_archived_and_brought_back_at_once_is_a_change(self):
        self.companies.on_unlink = "archive"
        partner = self.partner()
        self.bind(partner)
        partner.action_archive()
        self.env.flush_all()
        partner.action_unarchive()
        self.assertEqual(self.changes(partner), [("write", ["active"])])

    def test_a_deleted_record_is_recorded_with_its_remote_id(self):
        self.companies.on_unlink = "archive"
        partner = self.partner()
        binding = self.bind(partner, "4711")
        partner.unlink()
        self.assertEqual(self.changes(), [("unlink", False)])
        change = self.env["connector.change"].search([])
        self.assertEqual(change.remote_id, "4711")
        self.assertTrue(binding.exists())

    def test_a_deleted_record_is_not_recorded_where_the_flow_keeps(self):
        partner = self.partner()
        self.bind(partner)
        partner.unlink()
        self.assertEqual(self.changes(), [])

    def test_what_is_made_and_deleted_at_once_is_nothing(self):
        self.companies.on_unlink = "archive"
        self.env["res.partner"].create({"name": "Oops", "is_company": True}).unlink()
        self.assertEqual(self.changes(), [])

    # -- fields ---------------------------------------------------------------

    def test_a_stored_computed_field_is_recorded_when_it_is_flushed(self):
        self.change_map(
            "companies",
            new_lines=[
                {"remote_path": "mail", "target": "odoo.email", "direction": "push"},
                {
                    "remote_path": "rate",
                    "target": "odoo.commercial_company_name",
                    "direction": "push",
                },
            ],
        )
        parent = self.partner("Mother")
        child = self.partner("Jo", is_company=False, parent_id=parent.id)
        self.bind(child)
        parent.name = "Mother Inc."
        self.assertEqual(self.changes(child), [("write", ["commercial_company_name"])])

    def test_a_line_that_only_comes_in_is_not_watched(self):
        self.change_map("companies", {"city": {"direction": "pull"}})
        partner = self.partner()
        partner.city = "Paris"
        self.assertEqual(self.changes(partner), [])

    def test_a_new_draft_keeps_which_way_its_lines_go(self):
        self.change_map("companies", {"city": {"direction": "pull"}})
        draft = self.change_map("companies", {"zip": {"direction": "push"}})
        ways = {line.target: line.direction for line in draft.line_ids}
        self.assertEqual(
            (ways["city"], ways["zip"], ways["name"]), ("pull", "push", "both")
        )

    def test_parts_of_a_name_are_watched_by_the_name(self):
        contacts = self.send(self.connection, "contacts")
        self.change_map("contacts", {"first_name": {"direction": "pull"}})
        person = self.partner("Jo Doe", is_company=False)
        person.name = "Jo Dough"
        self.assertEqual(self.changes(person, contacts), [("write", ["name"])])

    def test_a_field_of_another_model_reaches_the_records_that_show_it(self):
        products = self.send(self.connection, "products")
        product = self.env["product.product"].create({"name": "Chair"})
        self.forget()
        product.product_tmpl_id.name = "Armchair"
        self.assertEqual(self.changes(product, products), [("write", ["name"])])
        self.forget()
        product.list_price = 12
        self.assertEqual(self.changes(product, products), [("write", ["list_price"])])

    def test_a_reference_is_a_change_as_any_other(self):
        partner, parent = self.partner(), self.partner("Mother")
        partner.parent_id = parent
        self.assertIn(("write", ["parent_id"]), self.changes(partner))

    # -- which records --------------------------------------------------------

    def test_a_record_of_another_kind_is_not_recorded(self):
        person = self.partner("Jo", is_company=False)
        person.city = "Paris"
        self.assertEqual(self.changes(person), [])

    def test_a_record_that_becomes_of_the_kind_is_recorded(self):
        partner = self.partner("Jo Ltd.", is_company=False)
        partner.is_company = True
        self.assertEqual(self.changes(partner), [("write", ["is_company"])])

    def test_without_leave_to_create_only_what_is_bound_is_recorded(self):
        self.companies.push_create = False
        bound, unbound = self.partner("Bound"), self.partner("Unbound")
        self.bind(bound)
        (bound | unbound).write({"city": "Paris"})
        self.assertEqual(self.changes(unbound), [])
        self.assertEqual(self.changes(bound), [("write", ["city"])])

    def test_the_flows_domain_chooses_what_is_recorded(self):
        self.companies.push_domain = "[('ref', '=like', 'C%')]"
        partner = self.partner()
        partner.city = "Paris"
        self.assertEqual(self.changes(partner), [])
        partner.ref = "C1"
        self.assertEqual(self.changes(partner), [("write", ["ref"])])

    def test_a_domain_that_chooses_nothing_sensible_is_refused(self):
        for domain in ("nonsense", "[('no_such_field', '=', 1)]", "5"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.companies.push_domain = domain

    def test_what_is_of_another_company_is_not_recorded(self):
        other = self.env["res.company"].create({"name": "Other"})
        partner = self.partner(company_id=other.id)
        partner.city = "Paris"
        self.assertEqual(self.changes(partner), [])

    # -- when -----------------------------------------------------------------

    def test_a_flow_records_as_soon_as_it_sends(self):
        contacts = self.flow("contacts")
        person = self.partner("Jo", is_company=False)
        person.city = "Paris"
        self.assertEqual(self.changes(person, contacts), [])
        contacts.direction = "both"
        person.city = "Rome"
        self.assertEqual(self.changes(person, contacts), [("write", ["city"])])
        self.forget()
        contacts.direction = "pull"
        person.city = "Oslo"
        self.assertEqual(self.changes(person, contacts), [])

    def test_a_field_is_recorded_as_soon_as_the_map_has_it(self):
        partner = self.partner()
        self.change_map(
            "companies", new_lines=[{"remote_path": "f", "target": "odoo.function"}]
        )
        partner.function = "Boss"
        self.assertEqual(self.changes(partner), [("write", ["function"])])

    def test_a_flow_that_is_off_or_not_connected_records_nothing(self):
        partner = self.partner()
        self.connection.action_pause()
        partner.city = "Paris"
        self.assertEqual(self.changes(partner), [("write", ["city"])])
        self.forget()
        for record in (self.companies, self.connection):
            record.active = False
            partner.city = f"City of {record._name}"
            self.assertEqual(self.changes(partner), [])
            record.active = True
        self.connection.state = "draft"
        partner.city = "Rome"
        self.assertEqual(self.changes(partner), [])

    def test_what_was_recorded_for_a_deleted_flow_is_deleted(self):
        self.partner().city = "Paris"
        self.commit()
        changes = self.env["connector.change"].search([])
        self.assertTrue(changes)
        self.companies.unlink()
        self.assertFalse(changes.exists())

    # -- what it costs --------------------------------------------------------

    def queries(self, work):
        """How many queries some work needs, up to the commit, with warm caches."""
        for _time in range(2):
            self.commit()
            self.env.cr.cache[WOKEN] = {self.companies.lane}
            before = self.env.cr.sql_log_count
            work()
            self.commit()
        return self.env.cr.sql_log_count - before

    def test_models_that_nobody_sends_cost_no_query(self):
        tags = self.env["res.partner.category"].create(
            [{"name": f"Tag {n}"} for n in range(5)]
        )
        colors = itertools.count(1)
        self.assertEqual(self.queries(lambda: tags.write({"color": next(colors)})), 1)

    def test_a_batch_costs_one_statement_for_all_its_records(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}", "is_company": True} for n in range(50)]
        )
        self.forget()
        numbers = itertools.count()

        def work():
            partners.write({"city": f"City {next(numbers)}", "zip": "1"})

        recorded = self.queries(work)
        self.assertEqual(len(self.changes(partners)), 2 * 50)
        self.companies.direction = "pull"
        self.assertEqual(recorded, self.queries(work) + 1)

    def test_attachments_and_the_like_are_left_alone(self):
        partner = self.partner()
        self.env["ir.attachment"].create(
            {
                "name": "a.txt",
                "datas": base64.b64encode(b"a"),
                "res_model": "res.partner",
                "res_id": partner.id,
            }
        )
        self.assertEqual(self.changes(partner), [])

    # -- lanes ----------------------------------------------------------------

    def test_each_flow_with_changes_gets_one_push(self):
        contacts = self.send(self.connection, "contacts")
        self.partner()
        self.env["res.partner"].create({"name": "Acme 2", "is_company": True})
        self.commit()
        self.assertEqual(len(self.changes()), 1)
        enqueued = []
        self.patch(
            self.registry["connector.flow"],
            "_enqueue_push",
            lambda flows: enqueued.extend(flows.ids),
        )
        self.env["connector.job"]._collect_work("default")
        self.assertEqual(enqueued, self.companies.ids)
        self.assertNotIn(contacts.id, enqueued)
        self.env["connector.change"].search([]).state = "held"
        self.commit()
        enqueued.clear()
        self.env["connector.job"]._collect_work("default")
        self.assertEqual(enqueued, [])

    def test_lines_of_a_record_are_part_of_it(self):
        """One2many and many2many fields of the map, from both of their sides."""
        tags = self.env["res.partner.category"].create(
            [{"name": "Gold"}, {"name": "Silver"}]
        )
        gold, silver = tags
        partner = self.partner(category_id=[Command.link(gold.id)])
        watch_also(self, "category_id")
        partner.category_id = [Command.link(silver.id)]
        self.assertEqual(self.changes(partner), [("write", ["category_id"])])
        self.forget()
        silver.partner_ids = [Command.unlink(partner.id)]
        self.assertEqual(self.changes(partner), [("write", ["category_id"])])
        self.forget()
        gold.unlink()
        self.assertEqual(self.changes(partner), [("write", ["category_id"])])

    def test_lines_of_a_one2many_are_part_of_its_record(self):
        watch_also(self, "bank_ids")
        partner, other = self.partner(), self.partner("Other")
        banks = self.env["res.partner.bank"]
        bank = banks.create({"acc_number": "BE71 0961", "partner_id": partner.id})
        self.assertEqual(self.changes(partner), [("write", ["bank_ids"])])
        self.forget()
        bank.acc_number = "BE71 0962"
        self.assertEqual(self.changes(partner), [("write", ["bank_ids"])])
        self.forget()
        bank.partner_id = other
        self.assertEqual(self.changes(partner), [("write", ["bank_ids"])])
        self.assertEqual(self.changes(other), [("write", ["bank_ids"])])
        self.forget()
        bank.unlink()
        self.assertEqual(self.changes(other), [("write", ["bank_ids"])])


def watch_also(test, name):
    """Let the entity say that one of its fields is made of this one."""
    entity = test.registry["connector.entity.customer.company"]
    original = entity._watched_fields
    test.patch(
        entity,
        "_watched_fields",
        lambda self, targets: original(self, targets) | {name},
    )
    test.env["connector.flow"]._forget_watch_list()
    test.addCleanup(test.registry.clear_cache)
