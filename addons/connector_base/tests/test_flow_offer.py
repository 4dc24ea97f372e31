import dataclasses

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..engine.records import CredentialSpec, MapLine, MapPack, Stream
from .test_field_map_review import MapCase

PACK = MapPack(
    "Notes and Tags",
    (
        MapLine("remark", "description", direction="push", owner="odoo"),
        MapLine("note", "description", direction="push", owner="odoo"),
        MapLine("score", "nothing.that.is.known", direction="push"),
    ),
)


class OfferCase(MapCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(setattr, self.vendor, "streams", self.vendor.streams)

    def upgrade(self):
        self.env["connector.flow"]._offer_shipped_maps("fake")


@tagged("post_install", "-at_install")
class TestNewFlows(OfferCase):
    """A flow that an upgrade brings is there, switched off, and somebody is told."""

    def setUp(self):
        super().setUp()
        lines = (MapLine("name", "name"),)
        parts = Stream("parts", "product", "Parts", lines, sequence=35)
        self.vendor.streams = (*self.vendor.streams, parts)

    def parts(self):
        flows = self.connection.with_context(active_test=False).flow_ids
        return flows.filtered(lambda flow: flow.stream == "parts")

    def told(self):
        return self.connection.activity_ids.filtered(
            lambda activity: "new flows" in (activity.summary or "")
        )

    def test_it_is_made_once_and_switched_off(self):
        self.connection.state = "connected"
        for _upgrade in range(2):
            self.upgrade()
        flow = self.parts()
        self.assertEqual(len(flow), 1)
        self.assertFalse(flow.active)
        self.assertEqual(flow.active_map_id.line_ids.target, "name")
        self.assertEqual(len(self.told()), 1)
        self.assertIn("Parts", self.told().note)
        self.assertEqual(self.told().user_id, self.connection.owner_id)

    def test_the_flows_that_there_were_go_on(self):
        self.connection.state = "connected"
        before = self.connection.flow_ids
        self.upgrade()
        self.assertEqual(self.connection.flow_ids, before)
        self.connection.action_sync()
        jobs = self.env["connector.job"].search([("flow_id", "=", self.parts().id)])
        self.assertFalse(jobs)

    def test_a_set_up_that_is_not_done_makes_it_itself(self):
        self.connection.state = "draft"
        self.upgrade()
        self.assertFalse(self.parts() or self.told())
        self.env["connector.flow"]._ensure_flows(self.connection)
        self.assertTrue(self.parts().active)

    def test_a_new_credential_gets_its_place(self):
        provider = type(self.env["connector.provider.fake"])
        specs = (CredentialSpec("api_key", "API Key"), CredentialSpec("pin", "PIN"))
        self.patch(provider, "_credential_specs", lambda provider: specs)
        for _upgrade in range(2):
            self.upgrade()
        keys = self.connection.credential_ids.mapped("key")
        self.assertEqual(sorted(keys), ["api_key", "pin"])


@tagged("post_install", "-at_install")
class TestFurtherLines(OfferCase):
    """Lines that ship beside a map are added by those who want them, as a draft."""

    def setUp(self):
        super().setUp()
        streams = [
            dataclasses.replace(stream, packs=(PACK,))
            if stream.name == "companies"
            else stream
            for stream in self.vendor.streams
        ]
        self.vendor.streams = tuple(streams)

    def test_nothing_of_them_is_mapped_until_somebody_wants_it(self):
        self.assertEqual(self.companies.pack_text, "Notes and Tags")
        self.assertFalse(self.flow("contacts").pack_text)
        paths = self.companies.active_map_id.line_ids.mapped("remote_path")
        self.assertNotIn("remark", paths)

    def test_they_become_a_draft_for_others_to_approve(self):
        flow = self.companies.with_user(self.editor)
        draft = self.env["connector.field.map"].browse(
            flow.action_add_packs()["res_id"]
        )
        self.assertEqual(draft.state, "draft")
        self.assertIn("Notes and Tags", draft.note)
        self.assertEqual(draft.difference_summary, "2 lines added")
        paths = draft.line_ids.mapped("remote_path")
        self.assertNotIn("score", paths, "no installed addon knows the field")
        self.assertEqual(self.companies.active_map_id.version, 1)

    def test_what_the_map_has_is_not_offered_again(self):
        action = self.companies.action_add_packs()
        draft = self.env["connector.field.map"].browse(action["res_id"])
        draft.sudo()._take_effect()
        self.companies.invalidate_recordset()
        self.assertFalse(self.companies.pack_text)
        with self.assertRaisesRegex(UserError, "all lines already"):
            self.companies.action_add_packs()
