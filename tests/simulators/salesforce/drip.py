"""Changes that keep arriving in an org: see :mod:`simulators.drip`."""

from .. import drip
from .seed import Seeder, text


class Drip(drip.Drip):
    """Changes of accounts, contacts and opportunities; accounts are not deleted."""

    vendor = "salesforce"
    objects = {
        "company": ("Account", "account"),
        "contact": ("Contact", "contact"),
        "deal": ("Opportunity", "opportunity"),
    }
    removable = ("Contact", "Opportunity")
    removed = "deleted"

    def __init__(self, store, seconds, seed=0):
        seeder = Seeder(store)
        seeder.set_up()
        super().__init__(store, seeder, seconds, seed)

    def _live(self, object_name):
        return [
            row["Id"]
            for row in self.store.tables[object_name].rows.values()
            if not row.get("IsDeleted")
        ]

    def _company_changes(self, made):
        return (
            {"Phone": text(made.phone, 40)},
            {"BillingStreet": text(made.place.street, 255)},
            {"NumberOfEmployees": made.employees},
            {"Rating": self.luck.choice(("Hot", "Warm", "Cold"))},
        )

    def _contact_changes(self, made):
        return (
            {"Title": text(made.job_title, 128)},
            {"Phone": text(made.phone, 40)},
            {"MobilePhone": None},
        )

    def _deal_change(self, record_id):
        row = self.store.get("Opportunity", record_id)
        if row["IsClosed"]:
            return {"NextStep": f"Follow up {self.luck.randrange(100)}"}, "NextStep"
        stages = list(self.store.stages.values())
        names = [stage.name for stage in stages]
        stage = self._onward(stages, names.index(row["StageName"]))
        values = {"StageName": stage.name}
        if stage.closed:
            values["CloseDate"] = self.store.clock.now().date().isoformat()
        return values, stage.name

    def _newcomers(self):
        company, contact, deal = super()._newcomers()
        deal.close_date = deal.close_date or self.store.clock.now().date()
        return company, contact, deal

    def _remove(self, object_name, record_id):
        self.store.delete(object_name, record_id)
