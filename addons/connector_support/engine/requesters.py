"""By what a requester is known whom Odoo doesn't know. Plain functions."""

from odoo.addons.connector_base.engine.hashing import fingerprint
from odoo.addons.connector_base.engine.masking import mask_personal
from odoo.addons.connector_base.engine.matching import addresses

#: Before what stands for an address: the desk's own ids never begin so.
MAIL = "mail:"


def mail_key(address):
    """What stands for an address that must not be kept in clear.

    >>> mail_key("Ada@Acme.example") == mail_key("ada@acme.example")
    True
    """
    return MAIL + fingerprint("requester", address.lower())


def requester_key(remote_id, email):
    """What names a requester on a ticket: the desk's id, else the hidden address.

    :return: ``None`` of a ticket that nobody has asked
    """
    found = sorted(addresses(email))
    return remote_id or (mail_key(found[0]) if found else None)


def requester_shown(remote_id, email):
    """How people recognise a requester, without the whole address."""
    found = sorted(addresses(email))
    return mask_personal(found[0]) if found else str(remote_id)
