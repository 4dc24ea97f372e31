"""Changes that keep arriving, so that somebody who watches sees an account at work.

Each drop changes a few companies, contacts and deals (deals mostly move a stage
onward); now and then a new company comes with a contact and a deal, and rarely
something is archived.
"""

import random
import threading

from ..generator import Generator
from .seed import Seeder

CHANGES = 3
NEW_ONE_IN = 4
ARCHIVE_ONE_IN = 20


class Drip(threading.Thread):
    """Drops changes into a store every so many seconds until it is told to stop."""

    def __init__(self, store, seconds, seed=0):
        super().__init__(name="hubspot-drip", daemon=True)
        self.store = store
        self.seconds = seconds
        self.luck = random.Random(seed)
        self.dropped = 0
        self._generator = Generator(seed + 1, dirt=0.05, at=store.clock.now())
        self._seeder = Seeder(store)
        self._stopped = threading.Event()

    def run(self):
        """Until :meth:`stop`."""
        while not self._stopped.wait(self.seconds):
            self.drop()

    def stop(self):
        """No further drop."""
        self._stopped.set()

    def drop(self):
        """One round of changes; returns what happened, a line each."""
        with self.store.lock:
            done = [self._change() for _ in range(CHANGES)]
            if self.luck.randrange(NEW_ONE_IN) == 0:
                done.append(self._arrive())
            if self.luck.randrange(ARCHIVE_ONE_IN) == 0:
                done.append(self._archive())
        self.dropped += 1
        return [line for line in done if line]

    def _change(self):
        change = self.luck.choice(
            (self._company, self._contact, self._deal, self._deal, self._deal)
        )
        return change()

    def _company(self):
        record_id = self._any("companies")
        if record_id is None:
            return None
        made = self._generator.company()
        values = self.luck.choice(
            (
                {"phone": made.phone},
                {"address": made.place.street},
                {"numberofemployees": made.employees},
                {"lifecyclestage": self.luck.choice(("opportunity", "customer"))},
            )
        )
        self.store.update("companies", record_id, values)
        return f"company {record_id}: {next(iter(values))}"

    def _contact(self):
        record_id = self._any("contacts")
        if record_id is None:
            return None
        made = self._generator.contact()
        values = self.luck.choice(
            ({"jobtitle": made.job_title}, {"phone": made.phone}, {"mobilephone": None})
        )
        self.store.update("contacts", record_id, values)
        return f"contact {record_id}: {next(iter(values))}"

    def _deal(self):
        record_id = self._any("deals")
        if record_id is None:
            return None
        values = self.store.get("deals", record_id)
        pipeline, stage = self.store.stage("deals", values.get("dealstage"))
        if stage is None or stage["metadata"]["isClosed"] == "true":
            amount = f"{self.luck.lognormvariate(8.8, 1.1):.2f}"
            self.store.update("deals", record_id, {"amount": amount})
            return f"deal {record_id}: amount"
        onward = pipeline["stages"][stage["displayOrder"] + 1 :] or pipeline["stages"]
        target = onward[0] if self.luck.random() < 0.8 else self.luck.choice(onward)
        change = {"dealstage": target["id"]}
        if target["metadata"]["isClosed"] == "true":
            change["closedate"] = f"{self.store.clock.now():%Y-%m-%d}T12:00:00.000Z"
            if float(target["metadata"]["probability"]) == 0:
                change["closed_lost_reason"] = "Price too high"
        self.store.update("deals", record_id, change)
        return f"deal {record_id}: {target['label']}"

    def _arrive(self):
        """A new company with a contact and a deal, created now."""
        made = self._generator.company()
        contact = self._generator.contact((), [made])
        contact.company_key, contact.company_name = made.key, made.name
        deal = self._generator.deal((), [made], {made.key: [contact.key]})
        deal.pipeline_key, deal.stage_key = "sales", "meeting"
        deal.lost_reason = deal.won_reason = None
        for record in (made, contact, deal):
            record.created_at = record.updated_at = None  # the store's own stamp
        if deal.company_key is None:
            deal.company_key = made.key
        seeder = self._seeder
        seeder.company(made)
        seeder.contact(contact)
        seeder.deal(deal)
        return f"new company {seeder.ids[made.key]}: {made.name.strip()}"

    def _archive(self):
        object_type = self.luck.choice(("companies", "contacts", "deals"))
        record_id = self._any(object_type)
        if record_id is None:
            return None
        self.store.archive(object_type, record_id)
        return f"archived {object_type} {record_id}"

    def _any(self, object_type):
        items = self.store.tables[object_type].live.items
        return str(self.luck.choice(items)) if items else None
