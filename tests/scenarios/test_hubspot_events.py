"""What HubSpot's webhooks tell of, read again: links, merges, restores, deletions."""

import itertools
import json

from odoo.addons.connector_hubspot.hubspot import webhook

from .hubspot_case import HubSpotCase


class TestEvents(HubSpotCase):
    def setUp(self):
        super().setUp()
        self.numbers = itertools.count(1)
        self.acme = self.company("Acme")
        self.ada = self.contact(company=self.acme)
        self.deal_id = self.deal(company=self.acme, contacts=[self.ada])
        self.connect()
        self.run_jobs()

    def tell(self, kind, object_id=None, **values):
        """A delivery of one event, and what follows from it."""
        event = {
            "eventId": next(self.numbers),
            "subscriptionId": 7,
            "portalId": self.hubspot.account["portalId"],
            "occurredAt": self.hubspot.clock.now_ms() + 1000,
            "subscriptionType": kind,
            **({"objectId": int(object_id)} if object_id else {}),
            **values,
        }
        events = webhook.events(json.dumps([event]).encode())
        self.env["connector.event"]._receive(
            self.connection.id, self.connection.company_id.id, events
        )
        self.run_jobs()
        self.assertFalse(self.jobs("dead"))
        self.assertFalse(
            self.env["connector.event"].search([("state", "in", ("pending", "dead"))])
        )

    def test_a_changed_link_changes_the_record_at_either_end(self):
        bolt = self.company("Bolt")
        self.store.dissociate("contacts", self.ada, "companies", self.acme)
        self.store.associate("contacts", self.ada, "companies", bolt)
        self.tell(
            "company.associationChange",
            associationType="COMPANY_TO_CONTACT",
            fromObjectId=int(bolt),
            toObjectId=int(self.ada),
            associationRemoved=False,
        )
        person = self.record("customer.contact", self.ada)
        self.assertEqual(person.parent_id, self.record("customer.company", bolt))

    def test_a_line_item_arrives_with_the_link_to_its_deal(self):
        line_id = self.store.create("line_items", {"name": "Seat", "price": "5"})
        self.tell("line_item.creation", line_id)
        self.assertFalse(self.record("opportunity.line", line_id))
        self.store.associate("line_items", line_id, "deals", self.deal_id)
        self.tell(
            "object.associationChange",
            fromObjectTypeId="0-3",
            toObjectTypeId="0-8",
            fromObjectId=int(self.deal_id),
            toObjectId=int(line_id),
        )
        line = self.record("opportunity.line", line_id)
        self.assertEqual(line.lead_id, self.record("opportunity", self.deal_id))

        self.store.dissociate("line_items", line_id, "deals", self.deal_id)
        self.tell(
            "deal.associationChange",
            associationType="DEAL_TO_LINE_ITEM",
            fromObjectId=int(self.deal_id),
            toObjectId=int(line_id),
            associationRemoved=True,
        )
        self.assertFalse(line.active)

    def test_what_was_deleted_and_restored_is_archived_and_back(self):
        partner = self.record("customer.contact", self.ada)
        self.store.archive("contacts", self.ada)
        self.tell("contact.deletion", self.ada)
        self.assertFalse(partner.active)
        self.store.restore("contacts", self.ada)
        self.tell("contact.restore", self.ada)
        self.assertTrue(partner.active)

    def test_a_person_who_was_deleted_for_privacy_is_archived(self):
        partner = self.record("customer.contact", self.ada)
        self.store.delete("contacts", self.ada)
        self.tell("contact.privacyDeletion", self.ada)
        self.assertFalse(partner.active)

    def test_deals_that_were_merged_are_one(self):
        other_id = self.deal("Second")
        self.tell("deal.creation", other_id)
        first = self.record("opportunity", self.deal_id)
        second = self.record("opportunity", other_id)
        merged_id = self.store.merge("deals", self.deal_id, other_id)
        self.tell(
            "deal.merge",
            self.deal_id,
            primaryObjectId=int(self.deal_id),
            mergedObjectIds=[int(other_id)],
            newObjectId=int(merged_id),
        )
        self.assertEqual(self.record("opportunity", merged_id), first)
        self.assertTrue(first.active)
        self.assertFalse(second.active)
