"""What Salesforce says about the fields of its objects.

Source: ``GET /sobjects/{object}/describe``,
https://developer.salesforce.com/docs/platform/api-rest/guide/resources-sobject-describe:
``fields[]`` with ``name``, ``label``, ``type``, ``nillable``, ``defaultedOnCreate``,
``createable``, ``updateable``, ``unique``, ``externalId``, ``custom``, ``referenceTo``,
``relationshipName``, ``picklistValues``. What the run-as user may not see is left out.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RemoteField, RemoteObject

from . import ask
from .endpoints import KEY_FIELD, READ_ONLY, path

#: ``type`` -> kind. [S] field types
TYPES = {
    "id": "text",
    "string": "text",
    "encryptedstring": "text",
    "textarea": "long_text",
    "email": "email",
    "phone": "phone",
    "url": "url",
    "int": "integer",
    "long": "integer",
    "double": "number",
    "percent": "number",
    "currency": "money",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "time": "text",
    "picklist": "option",
    "combobox": "text",
    # Several options come as one text, a;b.
    "multipicklist": "text",
    "reference": "reference",
    "address": "object",
    "location": "object",
    "anyType": "any",
    "base64": "any",
    "complexvalue": "any",
}


#: What an object must allow to be read by flows, and what marks one that is none for
#: people. [S sobject describe, DescribeGlobalSObjectResult]
FOLLOWED = ("queryable", "retrieveable", "replicateable", "undeletable")
ASIDE = ("customSetting", "deprecatedAndHidden", "associateEntityType")


def describe(client, object_name):
    """The description as it comes, a dict.

    :raises errors.RemoteNotFound: where the user sees no such object
    """
    where = path(client.api_version, "sobjects", object_name, "describe")
    return client.get(where).data


def remote_fields(client, object_name):
    """:return: list of ``RemoteField`` of an object, relationships included"""
    found = []
    for item in ask.rows(describe(client, object_name), "fields"):
        if item["name"] == KEY_FIELD:
            continue
        found.append(_field(item))
        if item.get("relationshipName"):
            found.append(_relationship(item))
    return found


def _field(item):
    name = item["name"]
    refers = item.get("referenceTo") or []
    return RemoteField(
        path=name,
        label=item.get("label") or name,
        kind=TYPES.get(item.get("type"), "any"),
        vendor_type=item.get("type") or "",
        required=bool(
            item.get("createable")
            and not item.get("nillable", True)
            and not item.get("defaultedOnCreate")
        ),
        writable=name not in READ_ONLY
        and bool(item.get("updateable") or item.get("createable")),
        unique=bool(item.get("unique")) or item.get("type") == "id",
        options=tuple(
            (str(option["value"]), option.get("label") or str(option["value"]))
            for option in item.get("picklistValues") or []
        ),
        references=refers[0] if len(refers) == 1 else None,
        custom=bool(item.get("custom")),
        description=item.get("inlineHelpText") or "",
    )


def _relationship(item):
    """What a record that is referred to is read by: ``Owner.Email``."""
    return RemoteField(
        path=item["relationshipName"],
        label=item.get("label") or item["relationshipName"],
        kind="object",
        vendor_type="relationship",
        writable=False,
    )


def objects(client):
    """What the run-as user sees and a flow can read: :return: ``[RemoteObject]``

    Source: ``GET /sobjects``,
    https://developer.salesforce.com/docs/platform/api-rest/guide/resources-describeGlobal.
    Left out are settings, what has neither changes nor a recycle bin to follow
    (``replicateable``, ``undeletable``), and shares, feeds and histories of others
    (``associateEntityType``).
    """
    found = client.get(path(client.api_version, "sobjects")).data
    return [
        RemoteObject(
            item["name"],
            item.get("labelPlural") or item.get("label") or item["name"],
            bool(item.get("custom")),
        )
        for item in ask.rows(found, "sobjects")
        if all(item.get(right) for right in FOLLOWED)
        and not any(item.get(mark) for mark in ASIDE)
    ]


class Types:
    """The types of an object's fields, and of those of records that it refers to."""

    def __init__(self, client, object_name):
        self._client = client
        self._object_name = object_name
        self._described = {}

    def names(self):
        """Names of the object's own fields; it is asked once."""
        return self._fields(self._object_name).keys()

    def of(self, path):
        """The type of a field, as of ``Owner.IsActive``; ``None`` where it isn't told.

        Owners are users or queues: the first kind of record that has such a field is
        meant.
        """
        return self._of(self._object_name, path.split("."))

    def _of(self, object_name, steps):
        fields = self._fields(object_name)
        if len(steps) == 1:
            return fields.get(steps[0], {}).get("type")
        for item in fields.values():
            if item.get("relationshipName") == steps[0]:
                for target in item.get("referenceTo") or []:
                    if found := self._of(target, steps[1:]):
                        return found
        return None

    def _fields(self, object_name):
        if object_name not in self._described:
            try:
                items = ask.rows(describe(self._client, object_name), "fields")
            except errors.RemoteNotFound:
                if object_name == self._object_name:
                    raise
                items = []
            self._described[object_name] = {item["name"]: item for item in items}
        return self._described[object_name]


def prepare(client, object_name):
    """Make sure that an object keeps our key: an external id whose values are unique.

    The field can't be made over this API: an administrator makes it once.

    :raises errors.InvalidRecord: where it is missing or of another kind
    """
    description = describe(client, object_name)
    fields = {item["name"]: item for item in ask.rows(description, "fields")}
    params = {
        "vendor": "Salesforce",
        "field": KEY_FIELD,
        "object": description.get("label") or object_name,
    }
    known = fields.get(KEY_FIELD)
    if known is None:
        raise errors.InvalidRecord(
            f"{object_name} has no field {KEY_FIELD}.",
            code="key_field_missing",
            params=params,
        )
    if not (known.get("externalId") and known.get("unique")):
        raise errors.InvalidRecord(
            f"{KEY_FIELD} of {object_name} is no unique external id.",
            code="key_field_wrong",
            params=params,
        )
    if not (known.get("createable") and known.get("updateable")):
        raise errors.PermissionDenied(
            f"{KEY_FIELD} of {object_name} may not be written.",
            code="key_field_locked",
            params=params,
        )
