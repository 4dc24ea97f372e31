import datetime
import json
import logging
import pathlib

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import new_test_user

from ..controllers import context as controller
from ..controllers.context_log import MaskAddress
from ..engine import context_api
from .common import SupportCase

SCHEMA = pathlib.Path(__file__).parent.parent / "static" / "context-1.schema.json"


@tagged("post_install", "-at_install")
class TestContextApi(SupportCase, HttpCase):
    """Who holds a token is told what it releases, and nothing else."""

    def setUp(self):
        super().setUp()
        self.acme = self.company()
        self.ada = self.partner(email="ada@acme.example", parent_id=self.acme.id)
        self.bind("organizations", 71, self.acme)
        self.bind("users", 72, self.ada)
        self.env["connector.customer.standing"].create(
            {
                "partner_id": self.acme.id,
                "company_id": self.env.company.id,
                "open_balance": 1200.5,
                "overdue_balance": 1200.5,
                "overdue_days": 12,
                "account_status": "past_due",
                "account_tier": "Gold",
                "renewal_date": "2027-01-31",
                "computed_at": "2026-11-27 10:00:00",
            }
        )
        self.patch(controller, "guesses", context_api.Allowance(30, 60))
        self.token = self.make()

    def bind(self, stream, remote_id, record):
        flow = self.flow(stream)
        self.env["connector.binding"].create(
            {
                "connection_id": flow.connection_id.id,
                "flow_id": flow.id,
                "entity": flow.entity,
                "remote_id": str(remote_id),
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    def ticket(self, number="5001", remote_id=900):
        ticket = self.env["connector.ticket"].create(
            {
                "name": "The printer is on fire",
                "number": number,
                "connection_id": self.connection.id,
                "company_id": self.connection.company_id.id,
                "partner_id": self.ada.id,
                "commercial_partner_id": self.acme.id,
            }
        )
        self.bind("tickets", remote_id, ticket)

    def make(self, released=("account_status", "overdue_balance"), **vals):
        """The address of a new token, and the record as ``self.record``."""
        codes = [("code", "in", released)]
        self.record = self.env["connector.context.token"].create(
            {
                "name": "Sidebar",
                "connection_id": self.connection.id,
                "field_ids": self.env["connector.context.field"].search(codes).ids,
                **vals,
            }
        )
        return self.address(self.record.action_make())

    def address(self, action):
        return action["context"]["default_address"].rpartition("/")[2]

    def ask(self, token=None, **arguments):
        """``(status, body)`` of a question."""
        self.env.flush_all()
        reply = self.url_open(
            f"/connector/context/{token or self.token}", params=arguments
        )
        self.assertEqual(reply.headers["Cache-Control"], "no-store")
        self.assertNotIn("session_id", reply.cookies)
        body = reply.json()
        self.assert_schema(body)
        return reply.status_code, body

    def assert_schema(self, body):
        """The part of JSON Schema that the file uses, checked without a library."""
        schema = json.loads(SCHEMA.read_text())
        self.assertFalse(body.keys() - schema["properties"].keys())
        for name in schema["required"]:
            self.assertIn(name, body)
        customer = schema["properties"]["customer"]["properties"]
        self.assertEqual(customer.keys(), context_api.FIELDS.keys())
        types = {"string": str, "integer": int, "null": type(None)}
        for name, value in body.get("customer", {}).items():
            allowed = tuple(types[kind] for kind in customer[name]["type"])
            self.assertIsInstance(value, allowed, name)
            if "pattern" in customer[name] and value is not None:
                self.assertRegex(value, customer[name]["pattern"])

    def reads(self):
        return self.env["connector.context.read"].search([], order="id")

    # -- what is told ---------------------------------------------------------

    def test_only_what_is_released_is_told(self):
        status, body = self.ask(email="ada@acme.example")
        self.assertEqual(status, 200)
        self.assertEqual(
            body["customer"],
            {"account_status": "past_due", "overdue_balance": "1200.50"},
        )
        self.assertEqual(body["as_of"], "2026-11-27T10:00:00Z")

    def test_nothing_is_told_where_nothing_is_released(self):
        token = self.make(released=())
        self.assertEqual(self.ask(token, email="ada@acme.example")[1]["customer"], {})

    def test_all_fields_have_a_place_in_the_table_and_in_the_schema(self):
        catalogue = self.env["connector.context.field"].search([])
        self.assertEqual(catalogue.mapped("code"), list(context_api.FIELDS))
        token = self.make(released=list(context_api.FIELDS))
        customer = self.ask(token, email="ada@acme.example")[1]["customer"]
        self.assertEqual(customer.keys(), context_api.FIELDS.keys())
        self.assertEqual(customer["customer_name"], "Acme")
        self.assertEqual(customer["renewal_date"], "2027-01-31")
        self.assertTrue(customer["odoo_url"].endswith(f"/{self.acme.id}"))

    def test_a_customer_without_business_has_none_and_no_guess(self):
        self.env["connector.customer.standing"].search([]).unlink()
        token = self.make(released=("account_status", "overdue_days", "products"))
        self.assertEqual(
            self.ask(token, email="ada@acme.example")[1]["customer"],
            {"account_status": "none", "overdue_days": 0, "products": None},
        )

    # -- who is asked for -----------------------------------------------------

    def test_a_customer_is_found_by_each_key(self):
        self.ticket()
        ours = self.env["connector.binding"]._external_key("res.partner", self.acme.id)
        self.env["connector.partner.alias"]._add(
            self.connection, "email", [(self.ada.id, "lovelace@home.example")]
        )
        for key in (
            {"email": "lovelace@home.example"},
            {"email": " Ada@ACME.example"},
            {"external_id": "71"},
            {"external_id": "72"},
            {"external_id": ours},
            {"ticket": "5001"},
            {"ticket": "900"},
        ):
            with self.subTest(key):
                self.assertEqual(self.ask(**key)[0], 200)

    def test_one_address_of_several_customers_is_none_of_them(self):
        beta = self.company("Beta")
        self.partner("Ada", email="ada@acme.example", parent_id=self.acme.id)
        self.assertEqual(self.ask(email="ada@acme.example")[0], 200)
        self.partner("Ada", email="ada@acme.example", parent_id=beta.id)
        self.assertEqual(self.ask(email="ada@acme.example")[0], 404)

    def test_customers_of_another_company_are_none(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.partner("Eve", email="eve@other.example", company_id=other.id)
        self.assertEqual(self.ask(email="eve@other.example")[0], 404)

    def test_ids_of_another_desk_are_none(self):
        desk = self.connect(name="Another Desk")
        token = self.make(connection_id=desk.id)
        self.ticket()
        self.assertEqual(self.ask(token, external_id="71")[0], 404)
        self.assertEqual(self.ask(token, ticket="900")[0], 404)

    def test_a_question_has_exactly_one_key(self):
        for arguments in (
            {},
            {"email": "ada@acme.example", "ticket": "1"},
            {"email": ["a@b.example", "c@d.example"]},
            {"phone": "1"},
            {"email": "nobody"},
            {"ticket": "  "},
            {"ticket": "1" * 300},
            {"ticket": "1\x00"},
        ):
            with self.subTest(arguments):
                status, body = self.ask(**arguments)
                self.assertEqual((status, body["error"]), (400, "invalid_request"))
        self.assertFalse(self.reads())

    # -- who may ask ----------------------------------------------------------

    def test_what_is_not_found_tells_nothing(self):
        unknown_customer = self.ask(email="nobody@acme.example")
        self.assertEqual(unknown_customer[0], 404)
        self.assertEqual(self.ask("wrong", email="ada@acme.example"), unknown_customer)

    def test_a_revoked_or_expired_token_is_refused(self):
        self.record.expires_at = fields.Datetime.now() + datetime.timedelta(days=1)
        self.assertEqual(self.ask(email="ada@acme.example")[0], 200)
        self.record.expires_at = fields.Datetime.now() - datetime.timedelta(days=1)
        self.assertEqual(self.ask(email="ada@acme.example")[0], 404)
        self.record.expires_at = False
        self.assertEqual(self.ask(email="ada@acme.example")[0], 200)
        self.record.action_revoke()
        self.assertEqual(self.ask(email="ada@acme.example")[0], 404)

    def test_another_token_takes_the_place_of_the_one_before(self):
        renewed = self.address(self.record.action_make())
        self.assertEqual(self.ask(email="ada@acme.example")[0], 404)
        self.assertEqual(self.ask(renewed, email="ada@acme.example")[0], 200)

    def test_nothing_of_a_token_is_stored_but_its_digest(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT digest FROM connector_context_token WHERE id = %s",
            [self.record.id],
        )
        [(digest,)] = self.env.cr.fetchall()
        self.assertNotIn(self.token, digest)
        admin = new_test_user(
            self.env, "tokens-admin", groups="connector_base.group_administrator"
        )
        with self.assertRaises(AccessError):
            self.record.with_user(admin).read(["digest"])
        self.assertNotIn(self.token, str(self.record.message_ids.mapped("body")))

    def test_only_administrators_make_tokens(self):
        editor = new_test_user(
            self.env, "tokens-editor", groups="connector_base.group_map_editor"
        )
        with self.assertRaises(AccessError):
            self.record.with_user(editor).action_make()

    # -- limits ---------------------------------------------------------------

    def test_a_token_is_limited_by_the_reads_of_the_last_minute(self):
        self.record.reads_per_minute = 3
        answers = [self.ask(email="ada@acme.example")[0] for _n in range(5)]
        self.assertEqual(answers, [200, 200, 200, 429, 429])
        self.assertEqual(len(self.reads()), 3)
        self.env.cr.execute(
            "UPDATE connector_context_read SET create_date = create_date - interval"
            " '61 seconds'"
        )
        self.assertEqual(self.ask(email="ada@acme.example")[0], 200)

    def test_trying_out_addresses_is_limited_much_sooner(self):
        self.record.reads_per_minute = 60
        answers = [self.ask(email=f"guess{n}@acme.example")[0] for n in range(5)]
        self.assertEqual(answers, [404, 404, 404, 429, 429])
        # Whether an address is known isn't told any more, either.
        self.assertEqual(self.ask(email="ada@acme.example")[0], 429)

    def test_trying_out_tokens_is_limited_and_stores_nothing(self):
        self.patch(controller, "guesses", context_api.Allowance(3, 60))
        answers = [self.ask(f"t{n}", email="ada@acme.example")[0] for n in range(5)]
        self.assertEqual(answers, [404, 404, 404, 429, 429])
        self.assertFalse(self.reads())
        self.assertEqual(self.ask(email="ada@acme.example")[0], 200)

    # -- what is on record ----------------------------------------------------

    def test_each_read_is_on_record_without_what_was_asked(self):
        self.ask(email="ada@acme.example")
        self.ask(external_id="nobody")
        found, missed = self.reads()
        self.assertEqual(
            (found.key_kind, found.is_found, found.partner_ref),
            ("email", True, self.acme.id),
        )
        self.assertEqual(found.customer, "Acme")
        self.assertEqual((missed.key_kind, missed.is_found), ("external_id", False))
        self.assertEqual(len(found.address_hash), 16)
        self.env.cr.execute("SELECT * FROM connector_context_read")
        self.assertNotIn("ada@acme.example", str(self.env.cr.fetchall()))
        self.assertNotIn("127.0.0.1", str(self.env.cr.fetchall()))
        self.assertTrue(self.record.last_used_at)

    def test_what_was_read_can_not_be_changed(self):
        self.ask(email="ada@acme.example")
        with self.assertRaises(UserError):
            self.reads().is_found = False
        with self.assertRaises(UserError):
            self.reads().unlink()
        with self.assertRaises(UserError):
            self.record.unlink()

    def test_old_lines_are_deleted_in_batches(self):
        self.ask(email="ada@acme.example")
        reads = self.env["connector.context.read"]
        self.assertEqual(reads._gc_expired(), (0, False))
        self.env.cr.execute(
            "UPDATE connector_context_read SET create_date = create_date - interval"
            " '401 days'"
        )
        self.assertEqual(reads._gc_expired(), (1, False))

    def test_a_read_costs_two_queries(self):
        target = self.env["connector.context.token"]._target(self.token)
        question = context_api.Question("email", "ada@acme.example")
        context = self.env["connector.context"]
        reads = self.env["connector.context.read"]
        context._find(target, question)
        reads._append(target, question, None, "127.0.0.1")
        before = self.env.cr.sql_log_count
        _used, figures = context._find(target, question)
        reads._append(target, question, figures["partner_id"], "127.0.0.1")
        self.assertEqual(self.env.cr.sql_log_count - before, 2)

    def test_the_access_log_of_the_server_has_neither_token_nor_address(self):
        line = logging.LogRecord(
            *("werkzeug", logging.INFO, "", 0),
            '127.0.0.1 - - "%s" %s %s',
            (
                "GET /connector/context/s3cret?email=ada@acme.example HTTP/1.1",
                "200",
                "-",
            ),
            None,
        )
        MaskAddress().filter(line)
        self.assertEqual(
            line.getMessage(),
            '127.0.0.1 - - "GET /connector/context/*** HTTP/1.1" 200 -',
        )
