"""The one transform of a line becomes the first step of its chain."""

from odoo.tools import sql


def migrate(cr, version):
    if not sql.column_exists(cr, "connector_field_map_line", "transform"):
        return
    cr.execute(
        """
        INSERT INTO connector_field_map_step
                    (line_id, company_id, sequence, transform, argument,
                     create_uid, create_date, write_uid, write_date)
        SELECT l.id, l.company_id, 10, l.transform,
               -- What a transform didn't look at is refused by now.
               CASE WHEN l.transform IN ('first', 'join', 'constant')
                    THEN NULLIF(l.transform_arg, '') END,
               l.create_uid, l.create_date, l.write_uid, l.write_date
          FROM connector_field_map_line l
         WHERE l.transform IS NOT NULL AND l.transform <> ''
           AND NOT EXISTS (
               SELECT FROM connector_field_map_step s WHERE s.line_id = l.id)
        """
    )
    cr.execute(
        """
        ALTER TABLE connector_field_map_line
         DROP COLUMN transform, DROP COLUMN IF EXISTS transform_arg
        """
    )
