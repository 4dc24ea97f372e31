from odoo import models
from odoo.fields import Domain

from ..engine.fields import EntityField
from ..engine.names import split_name
from ..engine.normalize import read_phone
from ..engine.paths import MISSING
from ..models.res_partner_shipping import SHIPPING_FIELDS
from .address import address_fields

#: New partners come without a picture: said here, Odoo needn't scale it four times.
NO_IMAGE = dict.fromkeys(("image_1024", "image_512", "image_256", "image_128"), False)
NAME_FIELDS = {"name", "first_name", "last_name"}
PERSON_TYPES = ("contact", "other", False)
ADDRESS_FIELDS = ("street", "street2", "city", "zip", "state_id", "country_id")


class ConnectorEntityCustomer(models.AbstractModel):
    """What companies and contacts share: both are partners in Odoo.

    Odoo copies the address of a contact to its company and back as long as the contact
    is of type “contact”. A remote contact with an address of its own would so overwrite
    its company's: such partners are of type “other”, which keeps addresses apart.
    """

    _name = "connector.entity.customer"
    _inherit = "connector.entity"
    _description = "Connector Entity: Customer"

    _entity_model = "res.partner"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField(
                "name",
                "char",
                _("Name"),
                "name",
                required=True,
                pii=True,
                made_of=("first_name", "last_name", "email", "domain"),
            ),
            EntityField("email", "email", _("E-mail"), "email", pii=True, lenient=True),
            EntityField("other_emails", "char", _("Other E-mails"), pii=True),
            EntityField("phone", "phone", _("Phone"), "phone", pii=True),
            EntityField("website", "url", _("Website"), "website"),
            EntityField("domain", "char", _("Domain")),
            *address_fields(self),
            EntityField("description", "text", _("Notes"), "comment"),
            EntityField("tax_id", "char", _("Tax ID"), "vat", pii=True),
            EntityField("ref", "char", _("Reference"), "ref"),
            EntityField(
                "owner",
                "value",
                _("Owner"),
                "user_id",
                value_map="owner",
                relation="res.users",
                on_unmapped="empty",
            ),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        if "domain" in owner_by_field:
            # Of which a website is made where none comes.
            owners.setdefault("website", owner_by_field["domain"])
        return owners

    def _label_of(self, mapped):
        canonical = mapped.canonical
        parts = (canonical.get("first_name"), canonical.get("last_name"))
        return canonical.get("name") or " ".join(part for part in parts if part)

    def _watched_fields(self, targets):
        names = super()._watched_fields(targets)
        return names | {"website"} if "domain" in targets else names

    def _eligible_domain(self):
        """Neither our own people nor our own companies are customers."""
        companies = self.env["res.company"].sudo().search([("id", "!=", False)])
        return (
            super()._eligible_domain()
            & Domain("partner_share", "=", True)
            & Domain("id", "not in", companies.partner_id.ids)
        )

    def _convert_plain(self, mapped, field, value):
        if field.name != "phone":
            return super()._convert_plain(mapped, field, value)
        country = mapped.canonical.get("country") or None
        shown, dialled = read_phone(value, country)
        if dialled and "phone_sanitized" in self.env["res.partner"]._fields:
            # Odoo would read the same number again, twice.
            mapped.on_create["phone_sanitized"] = dialled
        return shown or value

    def _create_records(self, vals_list):
        parents = self.env["res.partner"].browse(
            {vals["parent_id"] for vals in vals_list if vals.get("parent_id")}
        )
        parents = {parent.id: parent for parent in parents}
        for vals in vals_list:
            vals.update(NO_IMAGE)
            parent = parents.get(vals.get("parent_id"))
            if parent and self._differs(parent, vals):
                vals["type"] = "other"
        partners = self._create_partners(vals_list)
        self._keep_sanitized(partners, vals_list)
        return partners

    def _keep_sanitized(self, partners, vals_list):
        """Don't let Odoo read the numbers again that were given with their dialling."""
        field = partners._fields.get("phone_sanitized")
        if field:
            given = [
                partner.id
                for partner, vals in zip(partners, vals_list, strict=True)
                if vals.get("phone_sanitized")
            ]
            self.env.remove_to_compute(field, partners.browse(given))

    def _create_partners(self, vals_list):
        """Create partners, those without a parent without Odoo's copying.

        Odoo looks at every new partner for values to copy from its parent and to its
        children, one by one. A new partner without a parent has neither.
        """
        alone = [vals for vals in vals_list if not vals.get("parent_id")]
        children = [vals for vals in vals_list if vals.get("parent_id")]
        skipping = self.with_context(_partners_skip_fields_sync=True)
        lone = iter(super(ConnectorEntityCustomer, skipping)._create_records(alone))
        others = iter(super()._create_records(children))
        return self.env["res.partner"].browse(
            next(others if vals.get("parent_id") else lone).id for vals in vals_list
        )

    def _write_records(self, record_ids, vals):
        if "parent_id" in vals or any(name in vals for name in ADDRESS_FIELDS):
            self._keep_address_apart(record_ids, vals)
        super()._write_records(record_ids, vals)

    def _keep_address_apart(self, record_ids, vals):
        """Take partners with a parent and an own address out of the copying."""
        partners = self.env["res.partner"].browse(record_ids)
        apart = partners.filtered(
            lambda p: (
                p.type == "contact"
                and vals.get("parent_id", p.parent_id)
                and any(vals.get(f) or (f not in vals and p[f]) for f in ADDRESS_FIELDS)
                # Such as share their parent's address may go on sharing it.
                and ("parent_id" in vals or self._differs(p.parent_id, vals))
            )
        )
        if apart:
            super()._write_records(apart.ids, {"type": "other"})

    def _differs(self, parent, vals):
        """Whether the values name another address than the parent's."""
        return any(
            vals[name] != self._comparable_value(parent[name])
            for name in ADDRESS_FIELDS
            if vals.get(name)
        )

    def _comparable_value(self, value):
        return value.id if isinstance(value, models.BaseModel) else value


class ConnectorEntityCompany(models.AbstractModel):
    """A company: a partner that is a company, with its parent company."""

    _name = "connector.entity.customer.company"
    _inherit = "connector.entity.customer"
    _description = "Connector Entity: Company"

    _entity_takes_objects = True

    def _entity_fields(self):
        return [
            *super()._entity_fields(),
            EntityField(
                "parent",
                "reference",
                self.env._("Parent Company"),
                "parent_id",
                reference="customer.company",
            ),
            *self._shipping_fields(),
        ]

    def _shipping_fields(self):
        """The address that goods go to, where it is another than the company's."""
        _ = self.env._
        return [
            EntityField(f"shipping_{name}", kind, label, odoo_field, **options)
            for name, kind, label, odoo_field, options in (
                (
                    "street",
                    "char",
                    _("Shipping Street"),
                    "connector_shipping_street",
                    {"pii": True},
                ),
                (
                    "street2",
                    "char",
                    _("Shipping Street 2"),
                    "connector_shipping_street2",
                    {"pii": True},
                ),
                ("city", "char", _("Shipping City"), "connector_shipping_city", {}),
                (
                    "zip",
                    "char",
                    _("Shipping Postal Code"),
                    "connector_shipping_zip",
                    {},
                ),
                (
                    "state",
                    "state",
                    _("Shipping State"),
                    "connector_shipping_state_id",
                    {},
                ),
                (
                    "country",
                    "country",
                    _("Shipping Country"),
                    "connector_shipping_country_id",
                    {"lenient": True},
                ),
            )
        ]

    def _eligible_domain(self):
        return super()._eligible_domain() & Domain("is_company", "=", True)

    def _country_of_state(self, mapped, field):
        if field.name == "shipping_state":
            return mapped.canonical.get("shipping_country")
        return super()._country_of_state(mapped, field)

    def _derive(self, run, lookups, mapped):
        """An address that is the company's own is none to be kept beside it."""
        super()._derive(run, lookups, mapped)
        vals = mapped.values
        known = [name for name in SHIPPING_FIELDS if name in vals]
        if all(vals[name] == vals.get(SHIPPING_FIELDS[name], False) for name in known):
            vals.update(dict.fromkeys(known, False))

    def _complete(self, run, mapped):
        canonical = mapped.canonical
        unnamed = "name" not in canonical and mapped.binding
        if not canonical.get("name") and canonical.get("domain") and not unnamed:
            # Some vendors let a company have a domain only.
            canonical["name"] = canonical["domain"]
        if not canonical.get("website") and canonical.get("domain"):
            canonical["website"] = canonical["domain"]

    def _create_records(self, vals_list):
        return super()._create_records(
            [{**vals, "is_company": True} for vals in vals_list]
        )


class ConnectorEntityContact(models.AbstractModel):
    """A person, with the company that the person works for."""

    _name = "connector.entity.customer.contact"
    _inherit = "connector.entity.customer"
    _description = "Connector Entity: Contact"

    _entity_takes_objects = True
    _about_person = True

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField("first_name", "char", _("First Name"), pii=True),
            EntityField("last_name", "char", _("Last Name"), pii=True),
            EntityField("job", "char", _("Job Position"), "function"),
            EntityField(
                "company",
                "reference",
                _("Company"),
                "parent_id",
                reference="customer.company",
            ),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        for part in ("first_name", "last_name"):
            if part in owner_by_field:
                owners.setdefault("name", owner_by_field[part])
        return owners

    def _watched_fields(self, targets):
        names = super()._watched_fields(targets)
        return names | {"name"} if NAME_FIELDS & set(targets) else names

    def _eligible_domain(self):
        """Persons; addresses for invoices and deliveries are none."""
        return (
            super()._eligible_domain()
            & Domain("is_company", "=", False)
            & Domain("type", "in", PERSON_TYPES)
        )

    def _sources(self, field, targets):
        if field.name in ("first_name", "last_name"):
            return ("name",)
        return super()._sources(field, targets)

    def _referred(self, run, batch, references):
        super()._referred(run, batch, references)
        found = [ids for o in batch for ids in (o.referred, o.referred_before)]
        parents = {i for ids in found for i in ids.get("company", ())}
        companies = self._companies_of(parents)
        for ids in found:
            if "company" in ids:
                # A person below a person works for the company of both.
                ids["company"] = list(filter(None, map(companies.get, ids["company"])))

    def _read_back(self, name, value):
        if name == "name" and value:
            # Its parts are joined by one blank again.
            return " ".join(value.split())
        return super()._read_back(name, value)

    def _derive_outgoing(self, run, lookups, out):
        if out.wanted & {"first_name", "last_name"}:
            first, last = split_name(out.row["name"])
            parts = {"first_name": first or None, "last_name": last or None}
            out.canonical.update(
                {name: part for name, part in parts.items() if name in out.wanted}
            )

    def _complete(self, run, mapped):
        canonical = mapped.canonical
        if mapped.binding and not NAME_FIELDS & canonical.keys():
            # It has a name, and this payload says nothing about names.
            return
        parts = [canonical.get("first_name"), canonical.get("last_name")]
        if canonical.get("name") in (None, "", MISSING):
            name = " ".join(part for part in parts if part)
            # Web forms leave contacts of whom nothing but the address is known.
            canonical["name"] = name or canonical.get("email") or canonical.get("phone")
