"""The screens on which a field map is tried out, in a real browser."""

from odoo.tests import tagged

from .screen_case import ScreenCase


@tagged("-at_install", "post_install")
class TestMapScreens(ScreenCase):
    def test_a_draft_is_edited_by_suggestion_tried_and_counted(self):
        acme = self.company("Acme", city="Berlin", annualrevenue="7")
        self.connect()
        self.run_jobs()
        flow = self.flow("companies")
        # Read from now on: it is asked for when the map names it.
        draft = flow.active_map_id.copy({"version": 2})
        self.keep_whole(flow, acme)
        self.start_tour(
            f"/odoo/connector-field-maps/{draft.id}",
            "connector_hubspot_map_try",
            login="admin",
        )
        self.env.invalidate_all()
        line = draft.line_ids.filtered(lambda li: li.target == "odoo.color")
        self.assertEqual(line.remote_path, "properties.annualrevenue")
        self.assertFalse(self.record("customer.company", acme).color)

    def keep_whole(self, flow, remote_id):
        """Keep the record with a property that no map has asked for so far."""
        provider = self.connection._provider()
        client = provider._client(self.connection)
        paths = [
            "properties.annualrevenue",
            *flow.active_map_id.line_ids.mapped("remote_path"),
        ]
        reader = provider._reader(self.connection, flow.stream, paths, client)
        run = self.env["connector.trial"]._run_of(flow.active_map_id)
        run.keep_payloads = 10
        self.env["connector.payload"]._keep(run, reader.fetch_by_ids([str(remote_id)]))
