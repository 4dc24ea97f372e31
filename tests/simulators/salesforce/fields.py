"""Fields of objects, and the short notation that the standard ones are listed in.

One field a line: ``Name type(arguments) flags``. Arguments: the length of a text,
``precision,scale`` of a number, the values of a picklist (``|`` between them), the
objects of a reference. Flags:

- ``required``: not nillable, no default
- ``defaulted``: not nillable, the org fills it on create
- ``readonly``: neither createable nor updateable; ``createonly``: not updateable
- ``restricted``: a picklist that takes its own values only
- ``auto``: an auto-number
- ``indexed``: looked up by value (references to a master)
"""

import re
from dataclasses import dataclass

LINE = re.compile(r"(\w+) (\w+)(?:\((.*)\))?((?: \w+)*)")
#: Field type to soapType. [M]
SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
}
TEXTS = frozenset(
    """string textarea email phone url picklist multipicklist combobox id
    reference""".split()
)
NUMBERS = frozenset({"int", "double", "currency", "percent"})
COMPOUND = ("Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude")


@dataclass(frozen=True)
class Field:
    """One field, as a describe tells it. ``values``: the picklist's."""

    name: str
    type: str
    label: str = ""
    length: int = 0
    precision: int = 0
    scale: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    defaulted: bool = False
    restricted: bool = False
    values: tuple = ()
    reference_to: tuple = ()
    external_id: bool = False
    unique: bool = False
    custom: bool = False
    auto_number: bool = False
    calculated: bool = False
    indexed: bool = False
    default: object = None

    @property
    def relationship(self):
        """What a path of SOQL names the record that is referred to, or None."""
        if self.type != "reference":
            return None
        if self.name.endswith("__c"):
            return f"{self.name[:-3]}__r"
        return self.name[:-2] if self.name.endswith("Id") else self.name

    @property
    def filterable(self):
        """Whether a condition or an order may name it. [S the same page as
        `facts.FILTERABLE_LENGTH`]"""
        if self.type == "address":
            return False
        return self.type != "textarea" or self.length <= 255

    def describe(self):
        """The entry of `fields` of a describe. [M]"""
        return {
            "aggregatable": self.type not in ("textarea", "address"),
            "autoNumber": self.auto_number,
            "byteLength": self.length * 3,
            "calculated": self.calculated,
            "cascadeDelete": False,
            "caseSensitive": False,
            "compoundFieldName": compound_of(self.name),
            "createable": self.createable,
            "custom": self.custom,
            "defaultValue": self.default,
            "defaultedOnCreate": self.defaulted or self.auto_number,
            "digits": self.precision if self.type == "int" else 0,
            "externalId": self.external_id,
            "filterable": self.filterable,
            "groupable": self.filterable and self.type not in NUMBERS,
            "htmlFormatted": False,
            "idLookup": self.external_id or self.type == "id",
            "inlineHelpText": None,
            "label": self.label,
            "length": self.length,
            "name": self.name,
            "nameField": self.name == "Name",
            "nillable": self.nillable,
            "permissionable": self.nillable,
            "picklistValues": [
                {
                    "active": True,
                    "defaultValue": value == self.default,
                    "label": value,
                    "validFor": None,
                    "value": value,
                }
                for value in self.values
            ],
            "precision": self.precision,
            "referenceTo": list(self.reference_to),
            "relationshipName": self.relationship,
            "restrictedPicklist": self.restricted,
            "scale": self.scale,
            "soapType": SOAP_TYPES.get(self.type, "xsd:string"),
            "sortable": self.filterable,
            "type": self.type,
            "unique": self.unique,
            "updateable": self.updateable,
        }


def compound_of(name):
    """The address that a field is a part of, or None."""
    for part in COMPOUND:
        for kind in ("Billing", "Shipping", "Mailing", "Other", ""):
            if name == f"{kind}{part}":
                return f"{kind}Address"
    return None


def address(kind=""):
    """The lines of one address."""
    return f"""{kind}Street textarea(255)
        {kind}City string(40)
        {kind}State string(80)
        {kind}PostalCode string(20)
        {kind}Country string(80)
        {kind}Latitude double(18,15)
        {kind}Longitude double(18,15)
        {kind}Address address readonly"""


def parse(text):
    """``{name: Field}`` of a block in the notation above."""
    return {
        field.name: field
        for field in map(field_of, filter(None, map(str.strip, text.splitlines())))
    }


def field_of(line):
    """The field that a line tells. Raises ValueError when it tells none."""
    match = LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"no field: {line!r}")
    name, kind, arguments, flags = match.groups()
    flags = set(flags.split())
    return Field(
        name,
        kind,
        label=label_of(name),
        nillable=not flags & {"required", "defaulted"} and kind != "boolean",
        createable=not flags & {"readonly", "auto"},
        updateable=not flags & {"readonly", "auto", "createonly"},
        defaulted="defaulted" in flags or kind == "boolean",
        restricted="restricted" in flags,
        auto_number="auto" in flags,
        calculated="calculated" in flags,
        indexed="indexed" in flags,
        default=False if kind == "boolean" else None,
        **_measures(kind, arguments or ""),
    )


def _measures(kind, arguments):
    if kind in ("picklist", "multipicklist", "combobox"):
        return {"length": 255, "values": tuple(filter(None, arguments.split("|")))}
    if kind == "reference":
        return {"length": 18, "reference_to": tuple(arguments.split("|"))}
    if kind in ("double", "currency", "percent"):
        precision, _comma, scale = (arguments or "18,2").partition(",")
        return {"precision": int(precision), "scale": int(scale or 0)}
    if kind == "int":
        return {"precision": int(arguments or 9)}
    return {"length": int(arguments or 0)}


def label_of(name):
    """``Billing Street`` of BillingStreet, ``Odoo Id`` of Odoo_Id__c."""
    bare = name.removesuffix("__c").replace("_", " ")
    if name.endswith("Id") and len(name) > 2:
        bare = f"{bare[:-2]} ID"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare).replace("  ", " ")
