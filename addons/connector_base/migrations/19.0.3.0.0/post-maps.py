"""What versions of field maps now know of themselves, told from what was noted."""


def migrate(cr, version):
    # The first version of each flow was made of what ships, and never edited.
    cr.execute("UPDATE connector_field_map SET origin = 'shipped' WHERE version = 1")
    # Nobody may approve what they edited themselves, older drafts included.
    cr.execute(
        """
        UPDATE connector_field_map m
           SET last_edited_at = m.write_date,
               last_edited_by_id = COALESCE((
                SELECT l.write_uid FROM connector_field_map_line l
                 WHERE l.map_id = m.id
                 ORDER BY l.write_date DESC, l.id DESC LIMIT 1), m.create_uid)
         WHERE m.state = 'draft'
        """
    )
    # What a click brings back: the version that was active last before this one.
    cr.execute(
        """
        UPDATE connector_field_map m
           SET previous_id = (
                SELECT p.id FROM connector_field_map p
                 WHERE p.flow_id = m.flow_id AND p.state = 'retired'
                   AND p.activated_at <= m.activated_at
                 ORDER BY p.activated_at DESC, p.version DESC LIMIT 1)
         WHERE m.state = 'active'
        """
    )
