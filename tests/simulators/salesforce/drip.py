"""Changes that keep arriving, so that somebody who watches sees an org at work.

Each drop changes a few accounts, contacts and opportunities (these mostly move a stage
onward); now and then a new account comes with a contact and an opportunity, and rarely
something is deleted.
"""

import random
import threading

from ..generator import Generator
from .seed import Seeder, text

CHANGES = 3
NEW_ONE_IN = 4
DELETE_ONE_IN = 20


class Drip(threading.Thread):
    """Drops changes into a store every so many seconds until it is told to stop."""

    def __init__(self, store, seconds, seed=0):
        super().__init__(name="salesforce-drip", daemon=True)
        self.store = store
        self.seconds = seconds
        self.luck = random.Random(seed)
        self.dropped = 0
        self._generator = Generator(seed + 1, dirt=0.05, at=store.clock.now())
        self._seeder = Seeder(store)
        self._seeder.set_up()
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
            if self.luck.randrange(DELETE_ONE_IN) == 0:
                done.append(self._delete())
        self.dropped += 1
        return [line for line in done if line]

    def _change(self):
        deal = self._opportunity
        return self.luck.choice((self._account, self._contact, deal, deal, deal))()

    def _account(self):
        record_id = self._any("Account")
        if record_id is None:
            return None
        made = self._generator.company()
        values = self.luck.choice(
            (
                {"Phone": text(made.phone, 40)},
                {"BillingStreet": text(made.place.street, 255)},
                {"NumberOfEmployees": made.employees},
                {"Rating": self.luck.choice(("Hot", "Warm", "Cold"))},
            )
        )
        self.store.update("Account", record_id, values)
        return f"account {record_id}: {next(iter(values))}"

    def _contact(self):
        record_id = self._any("Contact")
        if record_id is None:
            return None
        made = self._generator.contact()
        values = self.luck.choice(
            (
                {"Title": text(made.job_title, 128)},
                {"Phone": text(made.phone, 40)},
                {"MobilePhone": None},
            )
        )
        self.store.update("Contact", record_id, values)
        return f"contact {record_id}: {next(iter(values))}"

    def _opportunity(self):
        record_id = self._any("Opportunity")
        if record_id is None:
            return None
        row = self.store.get("Opportunity", record_id)
        if row["IsClosed"]:
            step = f"Follow up {self.luck.randrange(100)}"
            self.store.update("Opportunity", record_id, {"NextStep": step})
            return f"opportunity {record_id}: NextStep"
        stages = list(self.store.stages.values())
        names = [stage.name for stage in stages]
        onward = stages[names.index(row["StageName"]) + 1 :] or stages
        stage = onward[0] if self.luck.random() < 0.8 else self.luck.choice(onward)
        values = {"StageName": stage.name}
        if stage.closed:
            values["CloseDate"] = self.store.clock.now().date().isoformat()
        self.store.update("Opportunity", record_id, values)
        return f"opportunity {record_id}: {stage.name}"

    def _arrive(self):
        """A new account with a contact and an opportunity, created now."""
        made = self._generator.company()
        contact = self._generator.contact((), [made])
        contact.company_key = made.key
        deal = self._generator.deal((), [made], {made.key: [contact.key]})
        deal.pipeline_key, deal.stage_key = "sales", "meeting"
        deal.lost_reason = deal.won_reason = None
        deal.close_date = deal.close_date or self.store.clock.now().date()
        for record in (made, contact, deal):
            record.created_at = record.updated_at = None  # the store's own stamp
        deal.company_key = made.key
        seeder = self._seeder
        seeder.company(made)
        seeder.contact(contact)
        seeder.deal(deal)
        return f"new account {seeder.ids[made.key]}: {made.name.strip()}"

    def _delete(self):
        object_name = self.luck.choice(("Contact", "Opportunity"))
        record_id = self._any(object_name)
        if record_id is None:
            return None
        self.store.delete(object_name, record_id)
        return f"deleted {object_name} {record_id}"

    def _any(self, object_name):
        ids = [
            row["Id"]
            for row in self.store.tables[object_name].rows.values()
            if not row.get("IsDeleted")
        ]
        return self.luck.choice(ids) if ids else None
