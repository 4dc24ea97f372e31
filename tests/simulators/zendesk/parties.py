"""What is written of organizations and users, one at a time. [S organizations, users]

An e-mail that an existing user is given becomes one more address: it is the primary
one only on create. A new user without an organization joins that of the domain.
"""

from . import facts
from .checks import (
    EMAIL,
    choice,
    domains,
    plain,
    reference,
    required,
    tags,
    taken,
    texts,
)
from .errors import Invalid

ORGANIZATION = {
    "name": "name",
    "external_id": "external_id",
    "details": "details",
    "notes": "notes",
    "group_id": "group_id",
    "domain_names": "domains",
    "tags": "tags",
    "organization_fields": "fields",
}
USER = {
    "name": "name",
    "email": "email",
    "role": "role",
    "phone": "phone",
    "organization_id": "organization_id",
    "external_id": "external_id",
    "alias": "alias",
    "details": "details",
    "notes": "notes",
    "locale": "locale",
    "time_zone": "time_zone",
    "suspended": "suspended",
    "verified": "verified",
    "tags": "tags",
    "user_fields": "fields",
}
#: What comes back with a record and may be sent again, and what only steers.
PASSED = frozenset(
    "id url created_at updated_at skip_verify_email identities active".split()
)


class Parties:
    """Creates and updates; each raises :class:`Invalid`."""

    def __init__(self, store):
        self.store = store

    # Organizations

    def create_organization(self, given):
        """A new organization."""
        return self.store.add_organization(**self._organization(given, None))

    def update_organization(self, record, given):
        """Another name, fields, …: what is not given stays."""
        self.store.update(record, self._organization(given, record))
        return record

    def find_organization(self, given):
        """The one that is meant by its id or external id, or None."""
        if given.get("id"):
            return self.store.organizations.get(given["id"])
        external_id = given.get("external_id")
        return external_id and self.store.by_external("organization", external_id)

    def _organization(self, given, record):
        wrong = Invalid()
        given = {key: value for key, value in given.items() if key not in PASSED}
        values = plain(given, ORGANIZATION, self.store.ignored, "organization")
        texts(values, ("external_id", "details", "notes"), wrong)
        if record is None or "name" in values:
            required(values.get("name"), "name", wrong)
        if "domains" in values:
            values["domains"] = domains(values["domains"] or [], wrong)
        self._common("organization", values, record, wrong)
        found = self.store.by_name(values.get("name"))
        if found not in (None, record):
            raise taken("name", values["name"])
        return values

    # Users

    def create_user(self, given):
        """A new user, with identities when they come along."""
        values = self._user(given, None)
        if values.get("organization_id") is None and values.get("email"):
            values["organization_id"] = self._of_domain(values["email"])
        made = self.store.add_user(**values)
        for each in given.get("identities") or ():
            if each.get("value") != made.email:
                self.add_identity(made, each)
        return made

    def update_user(self, record, given):
        """Another name, fields, …; another e-mail is one more address."""
        values = self._user(given, record)
        email = values.pop("email", None)
        self.store.update(record, values)
        if email and self.store.by_email(email) is None:
            primary = record.email is None
            self.store.add_identity(record, "email", email, primary)
            if primary:
                record.email = email
        return record

    def find_user(self, given):
        """The one that is meant by its id, external id or e-mail, or None."""
        if given.get("id"):
            found = self.store.users.get(given["id"])
            return found if found and found.active else None
        found = None
        if given.get("external_id"):
            found = self.store.by_external("user", given["external_id"])
        if found is None and given.get("email"):
            found = self.store.by_email(given["email"])
        return found

    def add_identity(self, user, given):
        """One more address of a user, as JSON tells it."""
        kind, value = given.get("type"), given.get("value")
        if kind not in ("email", "phone_number", "twitter", "facebook", "google"):
            raise Invalid("type", "Type: is not valid")
        if not isinstance(value, str) or not value.strip():
            raise Invalid("value", "Value: cannot be blank", "BlankValue")
        if kind == "email":
            if not EMAIL.match(value.strip()):
                raise Invalid("value", f"Email: {value} is not properly formatted")
            if self.store.by_email(value) is not None:
                text = f"Email: {value} is already being used by another user"
                raise Invalid("value", text, "DuplicateValue")
        return self.store.add_identity(user, kind, value.strip().lower())

    def _user(self, given, record):
        wrong = Invalid()
        given = {key: value for key, value in given.items() if key not in PASSED}
        values = plain(given, USER, self.store.ignored, "user")
        names = ("email", "phone", "external_id", "alias", "details", "notes")
        texts(values, names, wrong)
        if record is None or "name" in values:
            required(values.get("name"), "name", wrong)
        choice(values, "role", facts.ROLES, wrong)
        if "organization_id" in values:
            values["organization_id"] = reference(
                self.store.organizations,
                values["organization_id"],
                "organization_id",
                wrong,
            )
        for name in ("suspended", "verified"):
            if name in values and not isinstance(values[name], bool):
                wrong.add(name, f"{name.title()}: is not valid")
        self._common("user", values, record, wrong)
        self._email(values, record)
        return values

    def _email(self, values, record):
        email = values.get("email")
        if not email:
            values.pop("email", None)
            return
        values["email"] = email.strip().lower()
        if not EMAIL.match(values["email"]):
            raise Invalid("email", f"Email: {email} is not properly formatted")
        if self.store.by_email(email) not in (None, record):
            text = f"Email: {email} is already being used by another user"
            raise Invalid("email", text, "DuplicateValue")

    def _of_domain(self, email):
        domain = email.rpartition("@")[2]
        for each in self.store.organizations:
            if domain in each.domains:
                return each.id
        return None

    # Both

    def _common(self, kind, values, record, wrong):
        if "tags" in values:
            values["tags"] = tags(values["tags"] or [], wrong)
        if "fields" in values:
            values["fields"] = self.store.fields.merge(
                kind,
                record.fields if record else None,
                values["fields"] or {},
                wrong,
                self.store.ignored,
            )
        wrong.raise_if_any()
        external_id = values.get("external_id")
        found = external_id and self.store.by_external(kind, external_id)
        if found and found is not record:
            raise taken("external_id", external_id)
