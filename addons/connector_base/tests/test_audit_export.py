import io
import json
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..engine import sealing
from ..wizards import connector_audit_export
from .common_seal import SealCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestAuditExport(SealCase):
    """Auditors take rows along and check them without Odoo."""

    def setUp(self):
        super().setUp()
        self.pull("companies", *[remote(n, name=f"Company {n}") for n in range(1, 4)])
        self.flow("companies").latency_target = 20
        self.env.cr.flush()

    def export(self, **vals):
        export = self.env["connector.audit.export"].create(vals)
        return list(export._lines())

    def parsed(self, lines):
        return [json.loads(line) for line in lines]

    def key(self):
        return self.env["connector.signing.key"]._current()[0].public_key

    def test_a_file_is_checked_with_the_public_key_alone(self):
        self.seal()
        self.seal("connector.audit")
        lines = self.export(table="both")
        found = sealing.check_export(lines, self.key())
        audit, log = (
            self.env[model].search_count([])
            for model in ("connector.audit", "connector.log")
        )
        self.assertEqual(found, {"rows": audit + log, "seals": 2, "whole": 2})

    def test_rows_of_which_a_person_was_erased_are_still_those_of_their_seal(self):
        self.seal()
        rows = self.log.search([])
        self.assertTrue(self.log._erase(rows.ids, "Asked for it"))
        found = sealing.check_export(self.export(table="log"), self.key())
        self.assertEqual(found["whole"], 1)

    def test_a_file_that_was_changed_is_refused(self):
        lines = self.export(table="log")
        changed = lines[1].replace(b'"action":"', b'"action":"x')
        self.assertNotEqual(changed, lines[1])
        for name, wrong in (
            ("a line is changed", [lines[0], changed, *lines[2:]]),
            ("a line is gone", [lines[0], *lines[2:]]),
            ("a line is doubled", [lines[0], lines[1], *lines[1:]]),
            ("the end is gone", lines[:-1]),
            ("something follows", [*lines, lines[1]]),
        ):
            with self.subTest(name), self.assertRaises(ValueError):
                sealing.check_export(wrong, self.key())

    def test_another_key_is_refused(self):
        lines = self.export(table="log")
        with self.assertRaises(ValueError):
            sealing.check_export(lines, "ab" * 32)

    def test_the_command_says_good_or_not(self):
        lines = self.export(table="log")
        for text, status in ((b"".join(lines), 0), (b"".join(lines[:-1]), 1)):
            with (
                patch("builtins.open", return_value=io.BytesIO(text)),
                patch("sys.stdout", io.StringIO()),
                patch("sys.stderr", io.StringIO()),
            ):
                self.assertEqual(sealing.main(["x", "--key", self.key()]), status)

    def test_rows_are_chosen_by_date_connection_person_and_record(self):
        admin = self.user_of("administrator")
        flow = self.flow("companies")
        flow.with_user(admin).latency_target = 30
        self.env.cr.flush()
        for vals in (
            {"user_id": admin.id},
            {"res_model": "connector.flow", "res_id": flow.id, "user_id": admin.id},
            {"connection_id": self.connection.id, "user_id": admin.id},
        ):
            with self.subTest(vals):
                rows = [
                    x["row"] for x in self.parsed(self.export(**vals)) if "row" in x
                ]
                self.assertEqual([row["user_id"] for row in rows], [admin.id])
        rows = self.parsed(self.export(date_to="2001-01-01"))
        self.assertFalse([x for x in rows if "row" in x])

    def test_pages_make_one_file(self):
        whole = self.parsed(self.export(table="log"))
        with patch.object(connector_audit_export, "PAGE_ROWS", 2):
            pages = self.parsed(self.export(table="log"))
        self.assertEqual(whole[1:-1], pages[1:-1])

    def test_nobody_exports_what_he_may_not_read(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.connect(name="Other CRM", company_id=company.id)
        self.env.cr.flush()
        viewer = self.user_of("viewer")
        export = self.env["connector.audit.export"].with_user(viewer).create({})
        rows = [x["row"] for x in self.parsed(export._lines()) if "row" in x]
        self.assertTrue(rows)
        self.assertNotIn(company.id, [row["company_id"] for row in rows])
        with self.assertRaises(AccessError):
            export.with_user(self.user_of("viewer", name="Another")).read(["table"])

    def test_no_secret_is_in_a_file(self):
        self.connection.credential_ids.secret = "sk_live_canary-4711-4711"
        self.env.cr.flush()
        text = b"".join(self.export(table="both"))
        _key, private = self.env["connector.signing.key"]._current()
        for secret in ("canary-4711", private):
            self.assertNotIn(secret.encode(), text)


@tagged("post_install", "-at_install")
class TestAuditExportHttp(HttpCase):
    def test_the_file_is_sent_and_the_export_is_audited(self):
        self.authenticate("admin", "admin")
        user = self.env.ref("base.user_admin")
        export = self.env["connector.audit.export"].with_user(user).create({})
        self.env["ir.config_parameter"].set_param("connector_base.test", "1")
        self.env.cr.flush()
        response = self.url_open(f"/connector/audit/export/{export.id}")
        self.assertEqual(response.status_code, 200)
        lines = response.content.splitlines(keepends=True)
        self.assertTrue(sealing.check_export(lines)["rows"])
        row = self.env["connector.audit"].search([("action", "=", "export")], limit=1)
        self.assertEqual(row.user_id, user)

    def test_nobody_gets_it_without_signing_in(self):
        export = self.env["connector.audit.export"].create({})
        response = self.url_open(
            f"/connector/audit/export/{export.id}", allow_redirects=False
        )
        self.assertEqual(response.status_code, 303)
