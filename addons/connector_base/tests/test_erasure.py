import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.connector_payload import unpack
from .common_push import PushCase, WorkerDied, owned
from .common_vendor import COMPANIES, CONTACTS, inbound, remote

NAME, EMAIL = "Zebulon Quirrelmeister", "zebulon.quirrel@erase-me.example"
PHONE, STREET = "+49 30 99887766", "Vergissmeinnichtweg 7"
#: What must be found nowhere, in lower case.
WORDS = ("quirrel", "zebulon", "99887766", "vergissmeinnicht")


@tagged("post_install", "-at_install")
class TestErasure(PushCase):
    """A person is found in whatever the connectors hold, and taken out of it."""

    streams = (owned(COMPANIES, "ask"), owned(CONTACTS, "ask"))

    def person(self, remote_id=1, **values):
        known = {
            "first_name": "Zebulon",
            "last_name": "Quirrelmeister",
            "email": EMAIL,
            "phone": PHONE,
            "street": STREET,
            "job": "Clerk",
        }
        return remote(remote_id, **{**known, **values})

    def plant(self):
        """Leave traces wherever the engine keeps something."""
        self.change_map("contacts", {"job": {"required": True}})
        # Taken, bound, logged, kept to try maps on; beside somebody else.
        other = {"first_name": "Ada", "last_name": "Byron", "email": "ada@else.example"}
        self.pull("contacts", self.person(), remote(9, job="Poet", **other))
        partner = self.taken("contacts", 1)
        self.push("contacts")
        # Of another record that quotes the person.
        self.pull("companies", remote(6, name="Acme", description=f"Ask {NAME}"))
        # A conflict.
        partner.street = f"{STREET}b"
        self.pull_again("contacts", self.person(street=f"{STREET}c"))
        # Held: another record of the person, never taken, and a company that quotes.
        self.pull("contacts", self.person(2, job=None))
        self.pull("companies", remote(7, description=f"{EMAIL} or +49 (0)30 9988 7766"))
        # Events, a dead letter, a correction, notes, an audited decision.
        self.receive(
            inbound("e1", "contacts", 1, who={"mail": EMAIL}),
            inbound("e2", "companies", 6, text=f"Called by {NAME.upper()}"),
        )
        self.vendor.failures = [RuntimeError(f"Can't read {NAME}")]
        self.flow("companies").action_sync()
        with mute_logger("odoo.addons.connector_base.models.connector_job_failure"):
            self.run_jobs()
        cause = self.exceptions(error_class="conflict")
        self.env["connector.correction"]._correct(
            self.flow("contacts"), "city", [("1", STREET)], NAME, "As they said"
        )
        cause.message_post(body=f"{NAME} called")
        self.env["connector.audit"]._note(cause, "decide", None, f"{NAME} said so")
        self.env.cr.precommit.run()
        return partner

    def look_for(self, **values):
        finder = self.env["connector.person.find"].with_user(self.admin)
        action = finder.create(values).action_find()
        self.run_jobs()
        return self.env["connector.erasure"].browse(action["res_id"])

    def erase(self, erasure, reason="On request", word="ERASE"):
        wizard = self.env["connector.person.erase"].with_user(self.admin)
        wizard.create(
            {"erasure_id": erasure.id, "reason": reason, "confirmation": word}
        ).action_erase()
        self.run_jobs()
        erasure.invalidate_recordset()
        self.assertEqual(erasure.state, "done")

    def erase_dying(self, erasure):
        """The worker dies after half of it; the next one goes on where it stopped."""
        events = type(self.env["connector.event"])
        with patch.object(events, "_personal_erase", side_effect=WorkerDied):
            erasure.with_user(self.admin)._erase(f"Letter of {NAME}")
            self.run_until_death()
        erasure.invalidate_recordset()
        self.assertEqual(erasure.state, "erasing")
        self.assertEqual(self.binding("contacts", 1).state, "erased")
        self.time_passes(hours=1)
        self.run_jobs()
        erasure.invalidate_recordset()
        self.assertEqual(erasure.state, "done")

    def traces(self):
        """``{table: words}`` of all that is left in tables of connectors, opened."""
        self.env.flush_all()
        vault = self.env["connector.credential"]._vault()
        found = {}
        tables = self.env.execute_query(
            SQL("SELECT tablename FROM pg_tables WHERE tablename LIKE 'connector%%'")
        )
        for (table,) in [*tables, ("mail_message_of_connectors",)]:
            query = SQL("SELECT row_to_json(t)::text FROM %s t", SQL.identifier(table))
            if table == "mail_message_of_connectors":
                query = SQL("SELECT body FROM mail_message WHERE model LIKE 'conn%%'")
            texts = [text or "" for (text,) in self.env.execute_query(query)]
            if "payload_token" in "".join(texts[:1]):
                tokens = [json.loads(text)["payload_token"] for text in texts]
                texts += [vault.decrypt(token) for token in tokens if token]
            if table == "connector_payload":
                blobs = self.env.execute_query(SQL("SELECT blob FROM %s", SQL(table)))
                texts = [
                    str(record.values)
                    for (blob,) in blobs
                    for record in unpack(vault, bytes(blob))
                ]
            whole = "\n".join(texts).lower()
            words = {word for word in WORDS if word in whole}
            if words:
                found[table] = words
        return found

    def setUp(self):
        super().setUp()
        self.admin = self.user_of("administrator")

    # -- all of it ------------------------------------------------------------

    def test_nothing_is_left_and_nothing_comes_back(self):
        partner = self.plant()
        before = self.traces()
        for table in (
            *("connector_binding", "connector_payload", "connector_event"),
            *("connector_exception_item", "connector_conflict", "connector_job"),
            *("connector_correction", "connector_audit", "mail_message_of_connectors"),
        ):
            self.assertIn(table, before)
        erasure = self.look_for(partner_id=partner.id)
        self.assertEqual(erasure.state, "found")
        found = {line.res_model: line.found for line in erasure.line_ids}
        self.assertEqual(found["connector.exception.item"], 3)
        self.assertEqual(found["connector.event"], 2)
        self.assertEqual(found["res.partner"], 1)
        named = erasure.line_ids.filtered(lambda line: line.kind == "remote")
        self.assertIn("1, 2", named.note)
        self.erase_dying(erasure)
        self.assertEqual(self.traces(), {})
        self.assertEqual((erasure.left_count, erasure.reason), (0, "Letter of •••"))
        self.assertFalse(erasure.sudo().subject_token)
        report = "connector_base.connector_erasure_document"
        html = self.env["ir.actions.report"]._render_qweb_html(report, erasure.ids)[0]
        self.assertIn("Letter of", html.decode())
        self.assertFalse([word for word in WORDS if word in html.decode().lower()])
        # Odoo's own record and its link stay, and so does everybody else.
        self.assertEqual(partner.name, NAME)
        self.assertEqual(self.binding("contacts", 1).state, "erased")
        self.assertEqual(
            self.binding("contacts", 9).agreed["email"], "ada@else.example"
        )
        kept = self.env["connector.payload"]._newest(self.flow("contacts"), 10)
        self.assertEqual([record.remote_id for record in kept], ["9"])
        # The vendor sends what it likes, and Odoo's record goes on without it.
        job = self.pull("contacts", self.person(job="Boss"), self.person(2, job="Boss"))
        self.receive(inbound("e3", "contacts", 2, who={"mail": EMAIL}))
        partner.phone = "030 1"
        self.push("contacts")
        self.assertEqual((self.traces(), self.vendor.sent), ({}, []))
        self.assertEqual(job.result["erased"], 2)
        # Whoever asks again learns that it was done.
        again = self.look_for(email=EMAIL)
        self.assertEqual(again.before, erasure.display_name)

    # -- who may, and what is asked -------------------------------------------

    def test_it_takes_an_administrator_a_reason_and_a_word(self):
        self.pull("contacts", self.person())
        erasure = self.look_for(email=EMAIL)
        for reason, word in ((" ", "ERASE"), ("Asked", "erase it")):
            with self.subTest(reason), self.assertRaises(UserError):
                self.erase(erasure, reason, word)
        with self.assertRaises(AccessError):
            erasure.with_user(self.user_of("operator"))._erase("Asked")
        with self.assertRaises(UserError):
            self.look_for(email="nobody")
        other = self.env["res.company"].create({"name": "Other"})
        away = self.new_connection(name="Other CRM", company_id=other.id)
        with self.assertRaises(AccessError):
            self.look_for(email=EMAIL)
        away.unlink()
        erasure.with_user(self.admin).action_close()
        self.assertFalse(erasure.sudo().subject_token)
        self.assertEqual(self.binding("contacts", 1).state, "synced")
