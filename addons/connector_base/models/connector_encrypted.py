from odoo import models


class ConnectorEncrypted(models.AbstractModel):
    """For models that keep something encrypted with the server's connector keys.

    Naming the columns is all that an addon does: they are encrypted anew when the keys
    are rotated, and counted where none of the keys opens them.
    """

    _name = "connector.encrypted"
    _description = "Connector Encrypted"

    #: Names of the stored columns that hold what ``engine.crypto.Vault`` made; NULL
    #: where there is nothing. Of type ``char`` or ``text``, or ``binary`` without an
    #: attachment.
    _encrypted = ()
