from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..engine import errors
from .common_push import PushCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestCompanyWalls(PushCase):
    """Who works for one company learns nothing of what another one's systems do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.there = cls.connect(name="Secret CRM", company_id=cls.other.id)
        cls.clerk = cls.user_of("operator", name="Clerk", email="clerk@acme.example")
        cls.stranger = cls.user_of(
            "operator",
            name="Stranger",
            email="stranger@other.example",
            company_id=cls.other.id,
            company_ids=[(6, 0, cls.other.ids)],
        )

    def rule(self, **vals):
        return self.env["connector.exception.rule"].create(vals)

    def held_there(self):
        """Something of the other company waits for a decision."""
        self.pull("companies", remote(1, city="Bonn"), connection=self.there)
        return self.env["connector.exception"].search(
            [("connection_id", "=", self.there.id)]
        )

    # -- who gets what ----------------------------------------------------------

    def test_a_rule_gives_nothing_to_who_does_not_work_for_the_company(self):
        self.rule(sequence=1, user_id=self.clerk.id)
        self.rule(sequence=2, user_id=self.stranger.id)
        self.assertEqual(self.held_there().user_id, self.stranger)

    def test_a_team_of_another_company_gets_nothing(self):
        team = self.env["connector.team"].create(
            {"name": "Ours", "company_id": self.connection.company_id.id}
        )
        self.rule(sequence=1, team_id=team.id)
        self.assertFalse(self.held_there().team_id)

    def test_what_is_an_owners_who_left_waits_for_anybody(self):
        self.flow("companies", self.there).owner_id = self.stranger
        self.stranger.active = False
        exception = self.held_there()
        self.assertTrue(exception)
        self.assertFalse(exception.user_id)

    def test_a_rule_of_a_company_names_who_works_for_it(self):
        for condition in (
            {"company_id": self.other.id},
            {"connection_id": self.there.id},
            {"flow_id": self.flow("companies", self.there).id},
        ):
            with self.assertRaises(ValidationError):
                self.rule(user_id=self.clerk.id, **condition)
            self.assertTrue(self.rule(user_id=self.stranger.id, **condition))

    def test_nobody_is_assigned_what_they_can_not_see_on_the_form_either(self):
        exception = self.held_there()
        team = self.env["connector.team"].create(
            {"name": "Ours", "company_id": self.connection.company_id.id}
        )
        as_stranger = exception.with_user(self.stranger)
        for vals in ({"user_id": self.clerk.id}, {"team_id": team.id}):
            with self.assertRaises(UserError):
                as_stranger.write(vals)
        viewer = self.user_of("viewer", name="Looks only", company_id=self.other.id)
        with self.assertRaises(UserError):
            as_stranger.user_id = viewer
        as_stranger.user_id = self.stranger

    def test_the_mail_of_the_day_counts_ones_own_companies_only(self):
        self.held_there().user_id = self.clerk
        self.assertFalse(self.clerk._connector_digest())
        self.held_there().user_id = self.stranger
        self.assertEqual(len(self.stranger._connector_digest()), 1)

    # -- dialogs ------------------------------------------------------------------

    def test_no_dialog_tells_of_it(self):
        exception = self.held_there()
        item = exception.item_ids
        own = {"exception_id": exception.id}
        dialogs = (
            ("connector.fix", own, ("name", "advice", "records_text")),
            (
                "connector.triage",
                {"kind": "assign", "exception_ids": exception.ids},
                ("summary",),
            ),
            (
                "connector.triage",
                {"kind": "ignore", "item_ids": item.ids},
                ("item_ids", "summary"),
            ),
            ("connector.match.decide", {"item_ids": item.ids}, ("likely_count",)),
        )
        with self.assertRaises(AccessError):
            self.env["connector.fix"].with_user(self.clerk).onchange(
                own, ["exception_id"], {"exception_id": {}, "name": {}}
            )
        for model, vals, names in dialogs:
            with self.subTest(model=model), self.assertRaises(AccessError):
                wizard = self.env[model].with_user(self.clerk).create(vals)
                self.env.invalidate_all()
                wizard.read(names)

    def test_a_dialog_of_ones_own_takes_no_records_of_another_company(self):
        theirs = self.held_there()
        self.pull("companies", remote(1, city="Bonn"))
        fix = {"exception_id": self.exceptions().id, "item_ids": theirs.item_ids.ids}
        with self.assertRaises(AccessError):
            self.env["connector.fix"].with_user(self.clerk).create(fix)

    # -- a record that both companies have ------------------------------------------

    def shared(self):
        """A partner of both companies, which the other one's connection holds up."""
        self.send(self.there, "companies")
        partner = self.partner(name="Shared Ltd")
        self.bind(partner, flow=self.flow("companies", self.there))
        self.vendor.refused["1"] = errors.InvalidRecord("Refused over there")
        partner.city = "Lyon"
        self.push(connection=self.there)
        self.assertTrue(self.items())
        return partner

    def test_the_button_and_the_panel_of_a_shared_record_know_ones_own_only(self):
        partner = self.shared()
        as_clerk = partner.with_user(self.clerk)
        self.assertEqual(as_clerk.connector_state, "synced", "with their own CRM")
        as_stranger = partner.with_user(self.stranger)
        self.assertEqual(as_stranger.connector_state, "failing")
        action = as_clerk.action_open_connector_panel()
        panel = self.env["connector.record.panel"].with_user(self.clerk)
        panel = panel.browse(action["res_id"])
        self.assertEqual(panel.binding_ids.connection_id, self.connection)
        told = str(
            [
                panel.read(),
                panel.reason_ids.read(),
                panel.field_ids.read(),
                panel.pending_ids.read(),
                panel.trail_ids.read(),
            ]
        )
        for secret in ("Secret CRM", "Refused over there"):
            self.assertNotIn(secret, told)

    def test_the_overview_counts_ones_own_only(self):
        self.held_there()
        self.pull("companies", remote(1, city="Bonn"))
        seen = self.env["connector.connection"].with_user(self.clerk).search([])
        self.assertEqual(seen, self.connection)
        self.assertEqual(seen.failing_count, 1)
