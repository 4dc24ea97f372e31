"""Seeding from CSV files of a HubSpot warehouse sync (folder `hubspot/fivetran_seeds`).

The files keep ids, dates, owners and the structure of pipelines, but most texts in
them are hashes. What is a hash is replaced by a generated text, so that a demo reads
like an account; ids, creation dates, countries, revenues and stage probabilities stay.

- A stage's `pipeline_id` is base64(md5(pipeline id)): so stages find their pipeline.
- Stage ids are hashes themselves and become numbers; the `default` pipeline gets the
  product's own ids and labels, since integrations rely on those.
- Deals there carry no pipeline, stage or amount: these are generated.

The files stay where they are; nothing of them is kept here.
"""

import base64
import csv
import hashlib
import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ..generator.countries import BY_NAME
from ..generator.pools import LOST_REASONS, WON_REASONS
from .seed import company_values, contact_values, deal_values

FOLDER = Path("hubspot") / "fivetran_seeds"
HASH = re.compile(r"[0-9a-f]{32}|[A-Za-z0-9+/]{22}==")
LABELS = {
    "mp_pipeline_sales": "Enterprise sales",
    "mp_pipeline_service": "Service contracts",
    "mp_pipeline_operations": "Operations",
    "mp_pipeline_monitoring": "Monitoring",
    "mp_pipeline_archived": "Old pipeline",
}
STEPS = (
    "New",
    "Contacted",
    "Needs clear",
    "Qualified",
    "Offer in work",
    "Offer sent",
    "Offer discussed",
    "Verbal yes",
    "Contract sent",
    "Signature pending",
)
FIRST_STAGE = 7_970_001


def has_samples(folder):
    """Whether a samples folder holds what :class:`SampleSeeder` reads."""
    return (Path(folder) / FOLDER / "company_data.csv").is_file()


class SampleSeeder:
    """Puts the sample records into a store; texts come from a neutral generator."""

    def __init__(self, store, generator, folder):
        self.store = store
        self.generator = generator
        self.folder = Path(folder) / FOLDER

    def load(self):
        """Load everything and return the number of companies loaded."""
        with self.store.lock:
            self._owners()
            self._pipelines()
            companies = self._companies()
            contacts = self._contacts(companies)
            self._deals(companies, contacts)
        return len(companies)

    def _rows(self, name):
        path = self.folder / f"{name}_data.csv"
        if not path.is_file():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _owners(self):
        for row in self._rows("owner"):
            owner = self.generator.owner()
            self.store.add_owner(
                row["owner_id"],
                _text(row["email"], owner.email),
                _text(row["first_name"], owner.first_name),
                _text(row["last_name"], owner.last_name),
                user_id=int(row["active_user_id"] or 0) or None,
                created=_moment(row["created_at"]),
            )

    def _pipelines(self):
        stages = self._rows("deal_pipeline_stage")
        number = FIRST_STAGE
        for order, row in enumerate(self._rows("deal_pipeline")):
            pipeline_id = row["pipeline_id"]
            if pipeline_id == "default":
                continue
            digest = hashlib.md5(pipeline_id.encode(), usedforsecurity=False).digest()
            hashed = base64.b64encode(digest).decode()
            mine = sorted(
                (
                    stage
                    for stage in stages
                    if stage["pipeline_id"] in (hashed, pipeline_id)
                    and stage["_fivetran_deleted"].upper() != "TRUE"
                ),
                key=lambda stage: int(stage["display_order"]),
            )
            listed = []
            for step, stage in enumerate(mine):
                listed.append(_stage(stage, step, str(number)))
                number += 1
            if listed:
                label = _text(row["label"], LABELS.get(pipeline_id, pipeline_id))
                self.store.add_pipeline(
                    "deals", pipeline_id, label, listed, order=order + 2
                )

    def _companies(self):
        """The companies as generated, by the ids of the samples."""
        companies = {}
        for row in self._rows("company"):
            country = BY_NAME.get(row["property_country"])
            made = self.generator.company(country=country)
            made.name = _text(row["property_name"], made.name)
            values = company_values(made)
            values["country"] = row["property_country"] or values["country"]
            values["annualrevenue"] = row["property_annualrevenue"] or None
            company_id = self._create("companies", row["id"], values, row)
            companies[company_id] = made
        return companies

    def _contacts(self, companies):
        """Contacts of the companies in turn; some belong to none. Returns their ids."""
        ids = []
        turn = itertools.cycle(companies.items() or [(None, None)])
        for row in self._rows("contact"):
            company, employer = next(turn)
            made = self.generator.contact((), [employer] if employer else ())
            if made.company_key is None:
                company = None
            values = contact_values(made)
            values["firstname"] = _text(row["property_firstname"], made.first_name)
            values["lastname"] = _text(row["property_lastname"], made.last_name)
            values["email"] = _text(row["property_email"], made.email)
            values["hs_merged_object_ids"] = (
                row.get("property_hs_merged_object_ids") or None
            )
            values["associatedcompanyid"] = company
            contact_id = self._create("contacts", row["id"], values, row)
            ids.append(contact_id)
            if company:
                self._link("contacts", contact_id, "companies", company)
        return ids

    def _deals(self, companies, people):
        pipelines = list(self.store.pipelines["deals"].values())
        turn = itertools.cycle(companies.items() or [(None, None)])
        for number, row in enumerate(self._rows("deal")):
            company, buyer = next(turn)
            made = self.generator.deal((), [buyer] if buyer else ())
            values = deal_values(made)
            values["dealname"] = _text(row["property_dealname"], values["dealname"])
            values["amount"] = row["property_amount"] or values["amount"]
            closed = _moment(row["property_createdate"]) + timedelta(days=90)
            values["closedate"] = f"{closed:%Y-%m-%d}T12:00:00.000Z"
            pipeline = pipelines[number % len(pipelines)]
            stage = pipeline["stages"][number % len(pipeline["stages"])]
            values["pipeline"], values["dealstage"] = pipeline["id"], stage["id"]
            values.update(self._reasons(stage["metadata"]))
            if row["owner_id"] and int(row["owner_id"]) in self.store.owners:
                values["hubspot_owner_id"] = row["owner_id"]
            deal_id = self._create("deals", row["deal_id"], values, row)
            if company:
                self._link("deals", deal_id, "companies", company)
            if people:
                person = people[number % len(people)]
                self._link("deals", deal_id, "contacts", person)

    def _reasons(self, metadata):
        closed = metadata["isClosed"] == "true"
        won = closed and float(metadata["probability"]) == 1
        choose = self.generator.luck.choice
        return {
            "closed_won_reason": choose(WON_REASONS) if won else None,
            "closed_lost_reason": choose(LOST_REASONS) if closed and not won else None,
        }

    def _link(self, from_type, from_id, to_type, to_id):
        """The default link, without touching the modification dates."""
        self.store.links.link(from_type, int(from_id), to_type, int(to_id))

    def _create(self, object_type, record_id, values, row):
        gone = (row.get("is_deleted") or row.get("_fivetran_deleted") or "").upper()
        created = _moment(row["property_createdate"])
        return self.store.create(
            object_type,
            values,
            id=record_id,
            created=created,
            modified=_moment(row.get("_fivetran_synced")) or created,
            archived=gone == "TRUE",
        )


def _text(sample, generated):
    """The sample's text, unless it is empty or a hash."""
    if not sample or HASH.fullmatch(sample):
        return generated
    return sample


def _moment(text):
    if not text:
        return None
    pattern = "%Y-%m-%d %H:%M:%S" + (".%f" if "." in text else "")
    return datetime.strptime(text.removesuffix(" UTC"), pattern).replace(tzinfo=UTC)


def _stage(row, step, stage_id):
    won = row["closed_won"].upper() == "TRUE"
    probability = row["probability"] or "0.5"
    label = STEPS[step] if step < len(STEPS) else f"Step {step + 1}"
    if won:
        label = f"Closed won {step + 1}" if step else "Closed won"
    return {
        "id": stage_id,
        "label": label,
        "closed": row["is_closed"].upper() == "TRUE",
        "probability": probability,
    }
