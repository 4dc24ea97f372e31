import os
import time
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.connector_credential import KEYS_VARIABLE
from ..models.connector_payload import pack, unpack
from .common import GROUPS, ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestPayload(ConnectorCase):
    """The last records of a flow are kept as they came, and nobody reads them."""

    def newest(self, limit=100, stream="companies"):
        return self.env["connector.payload"]._newest(self.flow(stream), limit)

    def chunks(self):
        flow = self.flow("companies")
        return self.env["connector.payload"].search([("flow_id", "=", flow.id)])

    def test_what_was_taken_is_kept_as_it_came(self):
        record = remote(
            1, at="2026-01-02T03:04:05", name="Acmé\n\u2028", tags=[1, None]
        )
        self.pull("companies", record, remote(2, name="B"))
        self.assertEqual(self.chunks().mapped("count"), [2])
        kept = {record.remote_id: record for record in self.newest()}
        self.assertEqual(kept["1"], record)
        self.assertEqual(kept["2"].values, {"name": "B"})

    def test_what_is_unchanged_is_not_kept_again(self):
        self.pull("companies", remote(1, name="A"))
        self.pull("companies", remote(1, name="A"))
        self.assertEqual(len(self.chunks()), 1)

    def test_of_a_record_the_newest_counts(self):
        self.pull("companies", remote(1, name="A"), remote(2, name="B"))
        self.pull("companies", remote(1, name="Z"))
        kept = self.newest()
        self.assertEqual([r.remote_id for r in kept], ["1", "2"])
        self.assertEqual(kept[0].values["name"], "Z")
        self.assertEqual(len(self.newest(1)), 1)

    def test_a_held_record_is_kept_too(self):
        self.pull("companies", remote(1))
        self.assertEqual([r.remote_id for r in self.newest()], ["1"])

    def test_an_archived_record_brings_nothing_to_keep(self):
        self.pull("companies", remote(1, name="A"))
        self.pull("companies", remote(1, name="A", archived=True))
        self.assertEqual(len(self.chunks()), 1)

    def test_none_are_kept_where_the_flow_says_so(self):
        self.flow("companies").keep_payloads = 0
        self.pull("companies", remote(1, name="A"))
        self.assertFalse(self.chunks())

    def test_nothing_can_be_read_of_the_blob(self):
        self.pull("companies", remote(1, name="Very Secret Name"))
        blob = bytes(self.chunks().sudo().blob)
        self.assertNotIn(b"Secret", blob)

    def test_nobody_may_read_it(self):
        self.pull("companies", remote(1, name="A"))
        for group in GROUPS:
            with self.assertRaises(AccessError):
                self.chunks().with_user(self.user_of(group)).read(["count"])
        admin = self.env.ref("base.user_admin")
        with self.assertRaises(AccessError):
            self.chunks().with_user(admin).read(["blob"])

    def test_another_key_opens_nothing_and_breaks_nothing(self):
        self.pull("companies", remote(1, name="A"))
        key = Fernet.generate_key().decode()
        with patch.dict(os.environ, {KEYS_VARIABLE: key}):
            self.assertEqual(self.newest(), [])

    def test_a_page_that_fails_keeps_nothing(self):
        with (
            patch.object(
                type(self.env["connector.import"]),
                "_report",
                side_effect=RuntimeError("The server is gone."),
            ),
            self.assertLogs("odoo", level="ERROR"),
        ):
            self.vendor.add_page("companies", remote(1, name="A"))
            self.flow("companies").action_sync()
            self.run_jobs()
        self.assertFalse(self.chunks())

    def test_the_vacuum_keeps_as_many_as_the_flow_says(self):
        for number in range(1, 8):
            self.pull("companies", remote(number, name=f"C{number}"))
        self.flow("companies").keep_payloads = 3
        self.env.flush_all()
        self.env["connector.payload"]._gc_expired()
        self.assertEqual([r.remote_id for r in self.newest()], ["7", "6", "5"])

    def test_a_long_load_does_not_wait_for_the_vacuum(self):
        self.flow("companies").keep_payloads = 4
        for start in range(0, 12, 2):
            self.vendor.add_page(
                "companies", *(remote(start + n, name=f"C{start + n}") for n in (1, 2))
            )
        self.pull("companies")
        kept = sum(self.chunks().mapped("count"))
        self.assertLessEqual(kept, 8, "at most twice as many")
        self.assertEqual(len(self.newest(4)), 4)

    def test_what_is_old_goes(self):
        self.pull("companies", remote(1, name="A"))
        self.chunks().received_at = fields.Datetime.subtract(
            fields.Datetime.now(), days=91
        )
        self.env.flush_all()
        self.env["connector.payload"]._gc_expired()
        self.assertFalse(self.chunks())

    def test_keeping_costs_microseconds(self):
        properties = {f"property_{n}": f"value {n} of a field" for n in range(30)}
        records = [
            remote(
                number,
                properties={**properties, "name": f"Company {number}", "none": None},
                associations={"companies": [str(number)]},
            )
            for number in range(2000)
        ]
        vault = self.env["connector.credential"]._vault()
        best = min(self.seconds(pack, vault, records) for _try in range(3))
        self.assertLess(
            best / len(records), 100e-6, "a generous bound for a busy machine"
        )
        self.assertEqual(len(unpack(vault, pack(vault, records))), 2000)

    def seconds(self, work, *arguments):
        start = time.perf_counter()
        work(*arguments)
        return time.perf_counter() - start
