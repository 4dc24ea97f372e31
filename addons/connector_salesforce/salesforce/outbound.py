"""Outbound messages: Salesforce calls when records change, and names them.

Source: https://developer.salesforce.com/docs/platform/api/guide/sforce_api_om_outboundmessaging_notifications
A message is SOAP with up to 100 ``Notification``; it is repeated until it is
acknowledged, for 24 hours, in any order and perhaps twice: the notification's id tells.
Nothing signs it. What proves it are the secret part of the address that it comes to and
the id of the organization; and of what it says only the ids are used, the records are
fetched.
"""

import hmac

from lxml import etree

from odoo.addons.connector_base.engine.errors import AuthenticationError
from odoo.addons.connector_base.engine.records import InboundEvent
from odoo.addons.connector_base.engine.values import read_value

OUTBOUND = "http://soap.sforce.com/2005/09/outbound"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
#: What Salesforce wants to hear, or it sends the message again.
ACKNOWLEDGED = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body>'
    f'<notificationsResponse xmlns="{OUTBOUND}"><Ack>true</Ack>'
    "</notificationsResponse></soapenv:Body></soapenv:Envelope>"
)
CONTENT_TYPE = "text/xml; charset=utf-8"
#: Fields of a message that are kept: which record, and when it was changed.
KEPT = ("Id", "SystemModstamp", "LastModifiedDate")
ID_LENGTH = 15


def same_id(one, other):
    """Whether two ids are of one record: 15 characters, or 18 with a check [S].

    Takes the same time whatever the other one is.
    """
    if not one or not other:
        return False
    # Bytes, since compare_digest refuses text that is not ASCII.
    ids = (each[:ID_LENGTH].encode() for each in (one, other))
    return hmac.compare_digest(*ids)


def parse(body):
    """The ``notifications`` element of a message.

    No entity is expanded, no address is called, and no huge tree is built.

    :param body: raw bytes
    :raises ValueError: where it is no outbound message
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise ValueError("no XML") from None
    if root.getroottree().docinfo.doctype:
        # SOAP 1.1, 3: a message must not contain a document type declaration.
        raise ValueError("a document type declaration")
    found = root.find(f"{{{SOAP}}}Body/{{{OUTBOUND}}}notifications")
    if found is None:
        raise ValueError("no notifications")
    return found


def check_organization(body, organization_id):
    """Whether a message is of the org that is connected.

    :raises errors.AuthenticationError: where it is not, or can't be read
    """
    try:
        said = _text(parse(body), "OrganizationId")
    except ValueError:
        said = None
    if not same_id(said, organization_id):
        raise AuthenticationError(
            "it is of another organization", code="other_organization"
        )


def events(body):
    """The events of a message.

    :param body: raw bytes
    :return: list of ``records.InboundEvent``
    :raises ValueError: where it is no outbound message
    """
    notifications = parse(body)
    return [
        _event(element)
        for element in notifications.iterfind(f"{{{OUTBOUND}}}Notification")
    ]


def _event(element):
    key = _text(element, "Id")
    record = element.find(f"{{{OUTBOUND}}}sObject")
    if not key or record is None:
        raise ValueError("a notification without id or record")
    stream = (record.get(XSI_TYPE) or "").rpartition(":")[2] or None
    values = {}
    for child in record:
        name = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if name in KEPT:
            values[name] = (child.text or "").strip()
    changed = values.get("SystemModstamp") or values.get("LastModifiedDate")
    occurred_at = read_value("datetime", changed) if changed else None
    remote_id = values.get("Id")
    payload = {"object": stream, **values}
    return InboundEvent(
        key, stream, remote_id and id18(remote_id), "outbound", occurred_at, payload
    )


def id18(record_id):
    """An id with its check characters, as records are known by.

    Each five characters give one that says which of them are capitals. [S]
    https://help.salesforce.com/s/articleView?id=000385585
    """
    if len(record_id) != ID_LENGTH:
        return record_id
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    check = ""
    for start in range(0, ID_LENGTH, 5):
        part = record_id[start : start + 5]
        bits = sum(1 << n for n, c in enumerate(part) if "A" <= c <= "Z")
        check += letters[bits]
    return record_id + check


def _text(element, name):
    found = element.find(f"{{{OUTBOUND}}}{name}")
    return (found.text or "").strip() if found is not None else None
