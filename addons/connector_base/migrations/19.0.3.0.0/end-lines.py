"""What entities declare becomes what people can change: masks, unmapped values."""

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    personal = []
    for line in env["connector.field.map.line"].search([]):
        try:
            field = line._target_field()
        except UserError:
            # The addon of its entity isn't installed any more.
            continue
        if field and field.pii:
            personal.append(line.id)
    if personal:
        cr.execute(
            "UPDATE connector_field_map_line SET pii = TRUE WHERE id IN %s",
            [tuple(personal)],
        )
    for connection in env["connector.connection"].search([]):
        try:
            kinds = connection._value_kinds()
        except UserError:
            continue
        for value_map in connection.value_map_ids:
            field = kinds.get(value_map.name)
            if field and not value_map.on_unmapped:
                value_map.on_unmapped = field.on_unmapped
    env.flush_all()
    cr.execute(
        "UPDATE connector_value_map_line SET remote_label = remote_value"
        " WHERE remote_label IS NULL"
    )
    env.invalidate_all()
