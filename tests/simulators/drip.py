"""Changes that keep arriving, so that somebody who watches sees a CRM at work.

Each drop changes a few companies, contacts and deals (deals mostly move a stage
onward); now and then a new company comes with a contact and a deal, and rarely
something is removed. How a vendor spells all that is its own business.
"""

import random
import threading

from .generator import Generator

CHANGES = 3
NEW_ONE_IN = 4
REMOVE_ONE_IN = 20
#: How often each kind of record changes, as against the others.
KINDS = ("company", "contact", "deal", "deal", "deal")


class Drip(threading.Thread):
    """Drops changes into a store every so many seconds until it is told to stop.

    A vendor says what its ``objects`` are (neutral kind to object and to what a line
    calls a record of it), what may be ``removable`` and fills in the methods below.
    """

    vendor = "vendor"
    objects = {}
    removable = ()
    #: What a line says of what was removed.
    removed = "removed"

    def __init__(self, store, seeder, seconds, seed=0):
        super().__init__(name=f"{self.vendor}-drip", daemon=True)
        self.store = store
        self.seconds = seconds
        self.luck = random.Random(seed)
        self.dropped = 0
        self._generator = Generator(seed + 1, dirt=0.05, at=store.clock.now())
        self._seeder = seeder
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
            if self.luck.randrange(REMOVE_ONE_IN) == 0:
                done.append(self._remove_one())
        self.dropped += 1
        return [line for line in done if line]

    # What a vendor fills in

    def _live(self, object_type):
        """Ids of the records that may change, as a sequence."""
        raise NotImplementedError

    def _company_changes(self, made):
        """Changes to choose from, each ``{field: value}``; ``made``: a neutral one."""
        raise NotImplementedError

    def _contact_changes(self, made):
        """The same for a contact."""
        raise NotImplementedError

    def _deal_change(self, record_id):
        """``({field: value}, what a line says of it)``."""
        raise NotImplementedError

    def _remove(self, object_type, record_id):
        raise NotImplementedError

    def _newcomers(self):
        """A neutral company, a contact of it and a deal with it, created now."""
        company = self._generator.company()
        contact = self._generator.contact((), [company])
        contact.company_key, contact.company_name = company.key, company.name
        deal = self._generator.deal((), [company], {company.key: [contact.key]})
        deal.company_key = company.key
        deal.pipeline_key, deal.stage_key = "sales", "meeting"
        deal.lost_reason = deal.won_reason = None
        for record in (company, contact, deal):
            record.created_at = record.updated_at = None  # the store's own stamp
        return company, contact, deal

    # What happens

    def _change(self):
        kind = self.luck.choice(KINDS)
        object_type, called = self.objects[kind]
        record_id = self._any(object_type)
        if record_id is None:
            return None
        if kind == "deal":
            values, said = self._deal_change(record_id)
        else:
            values = self._some_change(kind)
            said = next(iter(values))
        self.store.update(object_type, record_id, values)
        return f"{called} {record_id}: {said}"

    def _some_change(self, kind):
        if kind == "company":
            changes = self._company_changes(self._generator.company())
        else:
            changes = self._contact_changes(self._generator.contact())
        return self.luck.choice(changes)

    def _onward(self, stages, place):
        """Where a deal at a stage goes: mostly one further, from the last anywhere."""
        onward = stages[place + 1 :] or stages
        return onward[0] if self.luck.random() < 0.8 else self.luck.choice(onward)

    def _arrive(self):
        company, contact, deal = self._newcomers()
        seeder = self._seeder
        seeder.company(company)
        seeder.contact(contact)
        seeder.deal(deal)
        called = self.objects["company"][1]
        return f"new {called} {seeder.ids[company.key]}: {company.name.strip()}"

    def _remove_one(self):
        object_type = self.luck.choice(self.removable)
        record_id = self._any(object_type)
        if record_id is None:
            return None
        self._remove(object_type, record_id)
        return f"{self.removed} {object_type} {record_id}"

    def _any(self, object_type):
        ids = self._live(object_type)
        return self.luck.choice(ids) if ids else None
