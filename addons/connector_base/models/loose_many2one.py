from odoo import fields


class LooseMany2one(fields.Many2one):
    """A many2one without a foreign key in the database.

    For the tables that every synchronized record gets a row in. PostgreSQL checks each
    key of each row it inserts: four of them took longer than the row itself. Only for
    what can't be deleted as long as such rows stand.
    """

    def update_db_foreign_key(self, model, column):
        """Leave the column as it is."""
