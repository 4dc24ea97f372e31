"""The fields of tickets, contacts and companies: those there are, and those made."""

import re

from . import errors, facts

#: Default fields: name, label, type. [S list_all_ticket_fields, contact and company
#: fields; some are left out]
DEFAULTS = {
    "ticket": (
        ("requester", "Search a requester", "default_requester"),
        ("subject", "Subject", "default_subject"),
        ("ticket_type", "Type", "default_ticket_type"),
        ("source", "Source", "default_source"),
        ("status", "Status", "default_status"),
        ("priority", "Priority", "default_priority"),
        ("group", "Group", "default_group"),
        ("agent", "Agent", "default_agent"),
        ("product", "Product", "default_product"),
        ("company", "Company", "default_company"),
        ("description", "Description", "default_description"),
    ),
    "contact": (
        ("name", "Full name", "default_name"),
        ("job_title", "Title", "default_job_title"),
        ("email", "Email", "default_email"),
        ("phone", "Work phone", "default_phone"),
        ("mobile", "Mobile phone", "default_mobile"),
        ("company_name", "Company", "default_company_name"),
        ("address", "Address", "default_address"),
        ("time_zone", "Time zone", "default_time_zone"),
        ("language", "Language", "default_language"),
        ("tag_names", "Tags", "default_tag_names"),
        ("description", "About", "default_description"),
    ),
    "company": (
        ("name", "Company name", "default_name"),
        ("description", "Description", "default_description"),
        ("note", "Notes", "default_note"),
        ("domains", "Domains for this company", "default_domains"),
        ("health_score", "Health score", "default_health_score"),
        ("account_tier", "Account tier", "default_account_tier"),
        ("renewal_date", "Renewal date", "default_renewal_date"),
        ("industry", "Industry", "default_industry"),
    ),
}
#: Choices of default fields of a company. [M]
TIERS = ("Basic", "Premium", "Enterprise")
HEALTH = ("At risk", "Doing okay", "Happy")
#: JSON types of custom values and what Freshdesk calls them.
KINDS = {
    "custom_text": (str, "String"),
    "custom_paragraph": (str, "String"),
    "custom_url": (str, "String"),
    "custom_phone_number": (str, "String"),
    "custom_dropdown": (str, "String"),
    "custom_date": (str, "Date"),
    "custom_number": (int, "Integer"),
    "custom_decimal": ((int, float), "Number"),
    "custom_checkbox": (bool, "Boolean"),
}


class Fields:
    """Definitions by kind of record. A custom field of tickets has a name that begins
    with ``cf_``, one of contacts or companies has not. [S custom_fields]"""

    def __init__(self, store):
        self.store = store
        self._made = {kind: [] for kind in DEFAULTS}
        for kind, rows in DEFAULTS.items():
            for name, label, field_type in rows:
                self._add(kind, name, label, field_type, default=True)

    def listed(self, kind):
        """The definitions of a kind, in their order."""
        return sorted(self._made[kind], key=lambda field: field["position"])

    def custom(self, kind):
        """``{name: definition}`` of the custom ones."""
        return {
            field["name"]: field for field in self._made[kind] if not field["default"]
        }

    def find(self, kind, field_id):
        """The definition with this id, or None."""
        for field in self._made[kind]:
            if str(field["id"]) == str(field_id):
                return field
        return None

    def define(self, kind, label, field_type="custom_text", **more):
        """Make a custom field; returns its name. ValueError where the label is used."""
        if any(field["label"] == label for field in self._made[kind]):
            raise ValueError(f"{kind}: {label!r} is used")
        return self._add(kind, self._free_name(kind, label), label, field_type, **more)[
            "name"
        ]

    def change(self, field, values):
        """Change a definition: a new label leaves the name as it is."""
        field.update(values)
        field["updated_at"] = self.store.now()
        self.store.version += 1

    def drop(self, kind, field):
        """Remove a custom field and what records have in it."""
        self._made[kind].remove(field)
        for record in self.store.rows(kind):
            record["custom_fields"].pop(field["name"], None)
        self.store.version += 1

    def values(self, kind, given):
        """All custom values of a record: None where nothing was set."""
        return {name: given.get(name) for name in self.custom(kind)}

    def problems(self, kind, given):
        """What is wrong with custom values of a request."""
        known, found = self.custom(kind), []
        for name, value in given.items():
            if name not in known:
                found.append(errors.unknown(f"custom_fields.{name}"))
            elif value is not None:
                found += _problems(known[name], value)
        return found

    def _add(self, kind, name, label, field_type, default=False, **more):
        now = self.store.now()
        field = {
            "id": self.store.next_id("field"),
            "name": name,
            "label": label,
            "type": field_type,
            "default": default,
            "position": more.pop("position", None) or len(self._made[kind]) + 1,
            "required_for_agents": more.pop("required_for_agents", False),
            "customers_can_edit": more.pop("customers_can_edit", False),
            "label_for_customers": more.pop("label_for_customers", label),
            "required_for_customers": more.pop("required_for_customers", False),
            "choices": more.pop("choices", None),
            "created_at": now,
            "updated_at": now,
            **more,
        }
        if kind == "ticket":
            field.setdefault("description", label)
            field.setdefault("required_for_closure", False)
            field.setdefault("displayed_to_customers", False)
        else:
            field.setdefault("displayed_for_customers", False)
        self._made[kind].append(field)
        self.store.version += 1
        return field

    def _free_name(self, kind, label):
        stem = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_") or "field"
        stem = f"cf_{stem}" if kind == "ticket" else stem
        taken = {field["name"] for field in self._made[kind]}
        name, number = stem, 1
        while name in taken:
            number += 1
            name = f"{stem}{number}"
        return name


def _problems(field, value):
    name = f"custom_fields.{field['name']}"
    types, called = KINDS[field["type"]]
    right = isinstance(value, types)
    if isinstance(value, bool) and types is not bool:
        right = False
    if not right:
        return [errors.mismatch(name, value, called)]
    if field["type"] == "custom_dropdown" and value not in choices_of(field):
        return [errors.choice(name, choices_of(field))]
    if field["type"] == "custom_date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        text = "It should be in the 'yyyy-mm-dd' format"
        return [errors.problem(name, "invalid_date", text)]
    if field["type"] == "custom_text" and len(value) > facts.TEXT_LENGTH:
        text = f"Has {len(value)} characters, it can have maximum of 255 characters"
        return [errors.wrong(name, text)]
    return []


def choices_of(field):
    """The values that a dropdown may have."""
    return [
        choice["value"] if isinstance(choice, dict) else choice
        for choice in field["choices"] or ()
    ]
