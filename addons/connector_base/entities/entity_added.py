import dataclasses

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.matching import Method
from .entity import ODOO_PREFIX
from .entity_match import Facts

#: What stands between an entity and the vendor's object in the name under which the
#: records of an object that was added are bound.
OF_OBJECT = "/"
#: Before the name of an Odoo model, where that is all that is known of an entity.
OF_MODEL = "model:"
#: The name under which an entity works, where it is not its own.
WORKS_AS = "connector_entity"
#: Beginnings of the names of models that are Odoo's own or the connector's: they decide
#: who may do what, or what Odoo does by itself. No map writes them, whatever rights the
#: connectors' user has.
NOT_DATA = (
    *("ir.", "base.", "base_import.", "bus.", "connector.", "queue.", "iap."),
    *("res.users", "res.groups", "res.config", "res.company"),
    *("auth.", "auth_", "change.password.", "fetchmail."),
)
#: Models of business documents, and of where money is paid to, which only entities of
#: their own may write.
DOCUMENTS = (
    *("account.", "sale.order", "purchase.order", "stock.", "payment.", "mail."),
    "res.partner.bank",
)


def is_system_model(model):
    """Whether a model's rows decide about Odoo itself.

    :param model: technical name
    """
    return model.startswith(NOT_DATA)


def is_no_data(model):
    """Whether no map may write a model's rows as they are; see :data:`NOT_DATA`."""
    return model.startswith((*NOT_DATA, *DOCUMENTS))


class ConnectorEntity(models.AbstractModel):
    """Entities by the names that flows have for them."""

    _inherit = "connector.entity"

    #: Whether it may be fed by objects that people add. Not where what follows from a
    #: record is looked up by the entity's own name, as the handoff of a won deal.
    _entity_takes_objects = False

    @api.model
    def _named(self, name):
        """The entity of a flow, or ``None`` where no installed addon has it.

        :param name: ``product``; ``product/Foo__c`` of an object that was added, and
            ``model:crm.tag/Foo__c`` of one that feeds an Odoo model as it is
        """
        base, of_object, _object = (name or "").partition(OF_OBJECT)
        if base.startswith(OF_MODEL):
            known = base.removeprefix(OF_MODEL) in self.env
            found = self.env["connector.entity.model"] if known else None
        else:
            found = self.env.get(f"connector.entity.{base}")
        if found is not None and of_object:
            return found.with_context(**{WORKS_AS: name})
        return found

    @api.model
    def _entity_name(self):
        own = super()._entity_name()
        name = self.env.context.get(WORKS_AS) or ""
        base = name.partition(OF_OBJECT)[0]
        if base == own or (own == "model" and base.startswith(OF_MODEL)):
            return name
        return own

    @api.model
    def _entities_of(self, model):
        """Those of objects that were added, too."""
        own = super()._entities_of(model)
        added = self.env["connector.flow"].sudo().with_context(active_test=False)
        names = added.search([("added_label", "!=", False)]).mapped("entity")
        bases = {*own, f"{OF_MODEL}{model}"}
        return own + [n for n in names if n.partition(OF_OBJECT)[0] in bases]

    @api.model
    def _entities_to_feed(self):
        """``{name: entity}`` of those that objects may be added for."""
        found = {}
        for name in self.env.registry:
            entity = self.env[name] if name.startswith("connector.entity.") else None
            if entity is not None and entity._entity_takes_objects:
                found[entity._entity_name()] = entity
        return found

    @api.model
    def _check_model_to_feed(self, model):
        """Whether an object may feed an Odoo model, by the user's own rights.

        :raises UserError: where the model is no data of its own, or has an entity
        """
        known = self.env.get(model)
        if (
            known is None
            or known._abstract
            or known._transient
            or not known._auto
            or is_no_data(model)
        ):
            raise UserError(
                self.env._(
                    "Records of %s can't be made by a field map: choose another model.",
                    self.env["ir.model"]._get(model).name or model,
                )
            )
        if super()._entities_of(model):
            raise UserError(
                self.env._(
                    "There are rules for %s already: choose them under “Becomes”.",
                    known._description,
                )
            )
        for right in ("create", "write"):
            known.check_access(right)


class ConnectorEntityModel(models.AbstractModel):
    """An Odoo model as it is: its stored fields, and nothing that follows from them.

    Which model, the name says under which it works. A map fills it by targets
    ``odoo.<field>``.
    """

    _name = "connector.entity.model"
    _inherit = "connector.entity"
    _description = "Connector Entity: Any Odoo Model"

    @property
    def _entity_model(self):
        name = self.env.context.get(WORKS_AS) or ""
        base = name.partition(OF_OBJECT)[0]
        return base.removeprefix(OF_MODEL) if base.startswith(OF_MODEL) else None

    def _may(self, right):
        return not is_no_data(self._entity_model) and super()._may(right)

    def _entity_fields(self):
        """What the model needs and doesn't fill itself; all else is optional."""
        found = super()._entity_fields()
        model = self.env.get(self._entity_model)
        if model is None:
            return found
        needed = [
            name
            for name, field in model._fields.items()
            if field.required and not field.compute and field.type != "boolean"
        ]
        given = model.default_get(needed)
        targets = (self._entity_field(f"{ODOO_PREFIX}{n}") for n in needed)
        return found + [
            dataclasses.replace(field, required=True)
            for field in targets
            if field and field.odoo_field not in given
        ]

    def _label_of(self, mapped):
        return mapped.canonical.get(self._naming_target())

    # -- match ----------------------------------------------------------------

    def _naming_field(self):
        """The stored text that names a record, or ``None``."""
        model = self.env[self._entity_model]
        field = model._fields.get(model._rec_name or "")
        return field if field and field.store and field.type == "char" else None

    def _naming_target(self):
        field = self._naming_field()
        return f"{ODOO_PREFIX}{field.name}" if field else "name"

    def _match_methods(self):
        methods = super()._match_methods()
        if self._entity_model and self._naming_field():
            # Of two that are called the same a person knows whether they are one.
            methods.append(Method("name", self.env._("name"), certain=False, weight=70))
        return methods

    def _match_facts(self, run, mapped):
        return Facts(name=mapped.canonical.get(self._naming_target()) or "")

    def _match_keys_name(self, remote):
        return (remote.name.strip().lower(),) if remote.name.strip() else ()

    def _match_find_name(self, run, rule, keys):
        model, name = self.env[self._entity_model], self._naming_field().name
        model.flush_model([name])
        column = SQL.identifier(name)
        if model._fields[name].translate:
            column = SQL("%s->>'en_US'", column)
        return self.env.execute_query(
            SQL(
                "SELECT lower(btrim(%(name)s)), id FROM %(table)s"
                " WHERE lower(btrim(%(name)s)) = ANY(%(keys)s)",
                name=column,
                table=SQL.identifier(model._table),
                keys=keys,
            )
        )

    def _match_read(self, run, ids):
        model = self.env[self._entity_model].with_context(active_test=False)
        domain = Domain("id", "in", list(ids)) & self._company_domain(
            model, run.connection.company_id
        )
        found = model.search(domain)
        bindings = self.env["connector.binding"]
        bound = bindings._bound_res_ids(run.connection, run.entity_name, found.ids)
        active = "active" in model._fields
        return {
            record.id: Facts(
                name=record[self._naming_field().name] or "",
                active=not active or record.active,
            )
            for record in found
            if record.id not in bound
        }

    def _match_domain(self):
        return super()._match_domain() & self._eligible_domain()
