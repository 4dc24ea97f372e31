"""Seeding from the data plans of two sample apps, dreamhouse-lwc and ebikes-lwc.

A plan lists files of records in their order; ``@ReferenceId`` in a value stands for
the record of that ``referenceId``. Objects and fields of the apps that a new org does
not have are defined first, as deploying the app would, from what the records hold.

The files stay where they are; nothing of them is kept here.
"""

import json
from pathlib import Path

FOLDER = Path("salesforce")
APPS = ("dreamhouse-lwc", "ebikes-lwc")
PLAN = "sample-data-plan.json"


def has_samples(folder):
    """Whether a samples folder holds what :class:`SampleSeeder` reads."""
    return any((Path(folder) / FOLDER / app / PLAN).is_file() for app in APPS)


class SampleSeeder:
    """Puts the sample records into a store; ``ids``: by referenceId."""

    def __init__(self, store, folder):
        self.store = store
        self.folder = Path(folder) / FOLDER
        self.ids = {}
        self._objects = {}

    def load(self):
        """Load every plan that is there and return how many records there were."""
        with self.store.lock:
            for app in APPS:
                plan = self.folder / app / PLAN
                if plan.is_file():
                    self._plan(plan)
        return len(self.ids)

    def _plan(self, path):
        for step in json.loads(path.read_text(encoding="utf-8")):
            for name in step["files"]:
                text = (path.parent / name).read_text(encoding="utf-8")
                records = json.loads(text)["records"]
                self._define(step["sobject"], records)
                for record in records:
                    self._record(path.parent.name, step["sobject"], record)

    def _define(self, object_name, records):
        """The custom object and the custom fields that the records need."""
        store = self.store
        if store.schema.find(object_name) is None:
            store.define_object(object_name)
        kind = store.schema.require(object_name)
        for record in records:
            for name, value in record.items():
                if name != "attributes" and kind.find(name) is None:
                    store.define_field(object_name, name, **self._settings(value))

    def _settings(self, value):
        if isinstance(value, bool):
            return {"type": "boolean"}
        if isinstance(value, int | float):
            return {"type": "double", "precision": 18, "scale": 6}
        if isinstance(value, str) and value.startswith("@"):
            target = self._objects[value[1:]]
            return {"type": "reference", "reference_to": (target,), "indexed": True}
        return {"type": "textarea", "length": 32_000}

    def _record(self, app, object_name, record):
        values = {
            name: self.ids[app, value[1:]]
            if isinstance(value, str) and value.startswith("@")
            else value
            for name, value in record.items()
            if name != "attributes"
        }
        reference = record["attributes"]["referenceId"]
        self.ids[app, reference] = self.store.create(object_name, values)
        self._objects[reference] = object_name
