from odoo import models
from odoo.exceptions import AccessError, UserError

from ..engine import errors
from ..engine.records import Stream

#: First number of flows that were added, behind all that ship with a provider.
FIRST_SEQUENCE = 500
#: Who may add an object; administrators are of it.
MAY_ADD = "connector_base.group_map_editor"


class ConnectorConnection(models.Model):
    """Objects of the vendor that people add to those that the provider ships."""

    _inherit = "connector.connection"

    def _streams(self):
        """What is synced with this account: what the provider ships, what was added.

        :return: tuple of ``records.Stream``, parents before children; what was added
            has no map of its own
        """
        flows = self.sudo().with_context(active_test=False).flow_ids
        added = flows.filtered("added_label").sorted(lambda flow: flow.sequence)
        return (
            *self._provider()._streams(),
            *(
                Stream(
                    flow.stream,
                    flow.entity,
                    flow.added_label,
                    sequence=flow.sequence,
                    lane=flow.lane,
                )
                for flow in added
            ),
        )

    def _check_may_add(self):
        """:raises AccessError: for who neither administers nor edits maps"""
        self.check_access("read")
        if not self.env.user.has_group(MAY_ADD):
            raise AccessError(
                self.env._(
                    "Only an administrator or an editor of field maps can add an"
                    " object."
                )
            )

    def _objects_to_add(self):
        """The vendor's objects that no flow reads yet, asked of the vendor now.

        :return: list of ``records.RemoteObject``, by label
        :raises UserError: where the vendor doesn't tell
        """
        self.ensure_one()
        provider = self._provider()
        try:
            found = provider._asked("_objects", provider._client(self))
        except errors.ConnectorError as error:
            raise UserError(
                self.env["connector.exception"]._sentence_of_error(error)
            ) from error
        taken = {stream.name for stream in self._streams()}
        return sorted(
            (one for one in found if one.name not in taken),
            key=lambda one: (one.label.lower(), one.name),
        )

    def action_add_object(self):
        """Ask the vendor for its objects, and the user for one of them."""
        self.ensure_one()
        self._check_may_add()
        connection = self.sudo()
        if connection.state == "draft":
            raise UserError(self.env._("Connect %s first.", connection.name))
        objects = connection._objects_to_add()
        if not objects:
            raise UserError(
                self.env._(
                    "%s has no other object that the connection's user may see.",
                    connection._provider()._provider_label,
                )
            )
        wizard = self.env["connector.object.add"]._of(self, objects)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add an Object"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _add_object(self, name, label, entity):
        """Make the flow of an object, with an empty draft of its field map.

        The flow rests until a version of the map is active. Its records are bound
        apart from those of the entity's other flows: ids of two objects may be equal,
        and one Odoo record may stand for a record of each.

        :param name: the vendor's name of the object
        :param entity: name of an entity, or ``model:<Odoo model>``
        :return: the draft
        """
        self.ensure_one()
        connection = self.sudo()
        flow = self.env["connector.flow"].sudo()
        flows = connection.with_context(active_test=False).flow_ids
        if name in flows.mapped("stream"):
            raise UserError(self.env._("%s is synced already.", label))
        flow = flow.create(
            {
                "connection_id": connection.id,
                "name": f"{connection.name} · {label}",
                "stream": name,
                "entity": f"{entity}/{name}",
                "added_label": label,
                "sequence": max(FIRST_SEQUENCE, *flows.mapped("sequence")) + 1,
                "owner_id": connection.owner_id.id,
            }
        )
        flow.message_post(
            body=self.env._("Added by %s.", self.env.user.name),
        )
        connection._read_fields_of(flow)
        note = self.env._("Choose fields for %s.", label)
        return self.env["connector.field.map"]._create_draft(
            flow.with_env(self.env), [], note
        )

    def _read_fields_of(self, flow):
        """Ask for the fields of one flow's object, so that its map can be made.

        What can't be told now is asked daily.
        """
        provider = self._provider()
        try:
            client = provider._client(self)
            found = provider._asked("_describe", client, flow.stream)
        except errors.ConnectorError:
            return
        self.env["connector.remote.field"]._refresh(self, flow.stream, found)
