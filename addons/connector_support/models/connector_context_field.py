from odoo import fields, models


class ConnectorContextField(models.Model):
    """A figure about customers that the read API may tell, if a token releases it."""

    _name = "connector.context.field"
    _description = "Field of the Context API"
    _order = "sequence, id"

    name = fields.Char(string="Field", required=True, translate=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(readonly=True)

    _code_uniq = models.UniqueIndex("(code)", "This field is there already.")
