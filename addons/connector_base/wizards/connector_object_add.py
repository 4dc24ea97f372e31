from odoo import api, fields, models
from odoo.exceptions import UserError

from ..entities.entity_added import OF_MODEL, OF_OBJECT

#: The choice of an Odoo model instead of an entity.
ANY_MODEL = "model"
#: What the names of entities begin with, for those who know them from inside.
DESCRIBED_AS = "Connector Entity: "


class ConnectorObjectAdd(models.TransientModel):
    """Sync another kind of records of an account: which, and what they become."""

    _name = "connector.object.add"
    _description = "Add an Object"

    connection_id = fields.Many2one(
        "connector.connection", required=True, readonly=True, ondelete="cascade"
    )
    choice_ids = fields.One2many("connector.object.add.choice", "wizard_id")
    choice_id = fields.Many2one(
        "connector.object.add.choice",
        string="Object There",
        domain="[('wizard_id', '=', id)]",
        help="As the remote system lists them for this connection's user.",
    )
    entity = fields.Selection(
        selection="_selection_entity",
        string="Becomes",
        help="What its records are in Odoo: with the rules for matching and checking"
        " that the connector has for them.",
    )
    model_id = fields.Many2one(
        "ir.model",
        string="Odoo Model",
        ondelete="cascade",
        domain=[("transient", "=", False), ("abstract", "=", False)],
        help="Its fields are filled as they are; you have to be allowed to create and"
        " change its records.",
    )

    rights_warning = fields.Char(compute="_compute_rights_warning")

    @api.depends_context("lang")
    @api.depends("entity", "model_id", "connection_id")
    def _compute_rights_warning(self):
        """What the connectors may not do with such records, before a map is made."""
        flows = self.env["connector.flow"]
        for wizard in self:
            name = wizard._entity_to_feed()
            wizard.rights_warning = name and flows._rights_warning(
                wizard.connection_id._entity(name)
            )

    def _entity_to_feed(self):
        """Name of the chosen entity, or ``False`` where it isn't chosen yet."""
        if self.entity != ANY_MODEL:
            return self.entity
        model = self.model_id.sudo().model
        return model and f"{OF_MODEL}{model}{OF_OBJECT}"

    @api.model
    def _selection_entity(self):
        models_known = self.env["ir.model"]
        labels = [
            (name, models_known._get(entity._name).name.removeprefix(DESCRIBED_AS))
            for name, entity in self.env["connector.entity"]._entities_to_feed().items()
        ]
        labels.sort(key=lambda pair: pair[1])
        return [*labels, (ANY_MODEL, self.env._("Records of Another Odoo Model"))]

    @api.model
    def _of(self, connection, objects):
        """The dialog with what there is to choose from.

        :param objects: list of ``records.RemoteObject``
        """
        wizard = self.sudo().create(
            {
                "connection_id": connection.id,
                "choice_ids": [
                    fields.Command.create(
                        {
                            "name": f"{one.label} ({one.name})",
                            "object_name": one.name,
                            "object_label": one.label,
                            "custom": one.custom,
                        }
                    )
                    for one in objects
                ],
            }
        )
        return wizard.sudo(False)

    def action_add(self):
        """Make the flow, and open the empty draft of its field map."""
        self.ensure_one()
        connection = self.connection_id
        connection._check_may_add()
        choice = self.choice_id
        if not choice or choice.wizard_id != self:
            raise UserError(self.env._("Choose the object first."))
        if not self.entity or (self.entity == ANY_MODEL and not self.model_id):
            raise UserError(self.env._("Choose what its records become in Odoo."))
        entity = self.entity
        if entity == ANY_MODEL:
            model = self.model_id.model
            self.env["connector.entity"]._check_model_to_feed(model)
            entity = f"{OF_MODEL}{model}"
        draft = connection._add_object(choice.object_name, choice.object_label, entity)
        return draft._open()


class ConnectorObjectAddChoice(models.TransientModel):
    _name = "connector.object.add.choice"
    _description = "Object of a Remote System"
    _order = "custom desc, name, id"

    wizard_id = fields.Many2one(
        "connector.object.add", required=True, readonly=True, ondelete="cascade"
    )
    name = fields.Char(readonly=True)
    object_name = fields.Char(required=True, readonly=True)
    object_label = fields.Char(required=True, readonly=True)
    custom = fields.Boolean(readonly=True)
