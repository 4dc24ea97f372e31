"""The vendor-neutral half of seeding: in what order a dataset goes into a store.

A vendor's seeder says how each record is spelt.
"""


class Seeder:
    """Loads datasets into one store and remembers which id each key became.

    ``seed`` and ``dirt`` (share of flawed records) are those of what it generates.
    """

    def __init__(self, store, seed=0, dirt=0.08):
        self.store = store
        self.seed = seed
        self.dirt = dirt
        self.ids = {}

    def generate(self, records, counts):
        """Load that many companies and the rest in proportion; returns ``ids``."""
        from .generator import generate  # Faker is needed from here on only

        at = self.store.clock.now()
        data = generate(records, seed=self.seed, dirt=self.dirt, at=at, **counts)
        return self.load(data)

    def load(self, data):
        """Load a whole :class:`Dataset`; ``{neutral key: id}`` is in ``ids``."""
        with self.store.lock:
            self._begin(data)
            for owner in data.owners:
                self.owner(owner)
            for company in data.companies:
                self.company(company)
            for contact in data.contacts:
                self.contact(contact)
            for product in data.products:
                self.product(product)
            for deal in data.deals:
                self.deal(deal)
            self._finish(data)
            self._bury(data)
        return self.ids

    # What a vendor fills in, besides owner, company, contact, product and deal

    def _begin(self, data):
        """What has to be there before the records."""

    def _finish(self, data):
        """What needs all the records to be there."""

    def _take_away(self, kind, record_id, archived_at):
        """Archive a record as of a moment, or delete it for good (None).

        ``kind``: contacts, deals or companies.
        """
        raise NotImplementedError

    def _bury(self, data):
        """Companies last, for a vendor that deletes what belongs to them as well."""
        for kind in ("contacts", "deals", "companies"):
            for record in getattr(data, kind):
                record_id = self.ids[record.key]
                if getattr(record, "deleted", False):
                    self._take_away(kind, record_id, None)
                elif record.archived_at:
                    self._take_away(kind, record_id, record.archived_at)
