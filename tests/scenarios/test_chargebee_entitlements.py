"""What customers may use is in Odoo as it is at Chargebee."""

from simulators.billing import model

from odoo.tests import tagged

from .chargebee_case import ChargebeeCase

HOUR = 3600


@tagged("post_install", "-at_install")
class TestChargebeeEntitlements(ChargebeeCase):
    customers, months = 6, 1

    def enabled(self):
        """``{(subscription, feature)}`` at the site, of those that are not over."""
        return {
            (each.subscription, each.feature)
            for each in self.rows(model.Entitlement)
            if each.enabled
        }

    def active(self):
        """The same in Odoo."""
        found = self.env["connector.entitlement"].search(
            [("connection_id", "=", self.connection.id), ("state", "=", "active")]
        )
        return {(each.source_ref, each.feature) for each in found}

    def test_they_follow_the_subscriptions(self):
        self.connect()
        self.run_jobs()
        self.assertTrue(self.enabled())
        self.assertEqual(self.active(), self.enabled())
        ends = self.engine.get(model.Subscription, next(iter(self.enabled()))[0])
        contract = self.record("billing.subscription", ends.id)
        partner = contract.partner_id
        self.assertEqual(partner.entitlement_count, len(self.active_of(contract)))
        self.chargebee.clock.advance(HOUR)
        self.engine.subscriptions.cancel(ends, at_period_end=False)
        self.sync()
        self.assertFalse(self.active_of(contract))
        self.assertEqual(self.active(), self.enabled())
        self.assertNoDeadJob()
        self.assertNothingHeld()

    def active_of(self, contract):
        return contract.entitlement_ids.filtered(lambda one: one.state == "active")
