"""Changes that keep arriving in an account: see :mod:`simulators.drip`."""

from .. import drip
from .seed import Seeder


class Drip(drip.Drip):
    """Changes of companies, contacts and deals; what is removed is archived."""

    vendor = "hubspot"
    objects = {
        "company": ("companies", "company"),
        "contact": ("contacts", "contact"),
        "deal": ("deals", "deal"),
    }
    removable = ("companies", "contacts", "deals")
    removed = "archived"

    def __init__(self, store, seconds, seed=0):
        super().__init__(store, Seeder(store), seconds, seed)

    def _live(self, object_type):
        return self.store.tables[object_type].live.items

    def _company_changes(self, made):
        return (
            {"phone": made.phone},
            {"address": made.place.street},
            {"numberofemployees": made.employees},
            {"lifecyclestage": self.luck.choice(("opportunity", "customer"))},
        )

    def _contact_changes(self, made):
        return (
            {"jobtitle": made.job_title},
            {"phone": made.phone},
            {"mobilephone": None},
        )

    def _deal_change(self, record_id):
        values = self.store.get("deals", record_id)
        pipeline, stage = self.store.stage("deals", values.get("dealstage"))
        if stage is None or stage["metadata"]["isClosed"] == "true":
            return {"amount": f"{self.luck.lognormvariate(8.8, 1.1):.2f}"}, "amount"
        target = self._onward(pipeline["stages"], stage["displayOrder"])
        change = {"dealstage": target["id"]}
        if target["metadata"]["isClosed"] == "true":
            change["closedate"] = f"{self.store.clock.now():%Y-%m-%d}T12:00:00.000Z"
            if float(target["metadata"]["probability"]) == 0:
                change["closed_lost_reason"] = "Price too high"
        return change, target["label"]

    def _remove(self, object_type, record_id):
        self.store.archive(object_type, record_id)
