"""Deliveries of each vendor that mean well, signed as the vendor signs them."""

import datetime

from requests.auth import _basic_auth_str

from odoo.addons.connector_billing.providers.chargebee import webhook as chargebee
from odoo.addons.connector_billing.providers.stripe import webhook as stripe
from odoo.addons.connector_hubspot.hubspot import webhook as hubspot
from odoo.addons.connector_support.providers.freshdesk import webhook as freshdesk
from odoo.addons.connector_support.providers.zendesk import webhook as zendesk

NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)
SECRET = "a secret of the right length, or so"
ORGANIZATION = "00D5g000000AAAAEAA"

MESSAGE = f"""<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound">
 <OrganizationId>{ORGANIZATION}</OrganizationId><ActionId>04k000000000001AAA</ActionId>
 <Notification><Id>04l1</Id>
  <sObject xsi:type="sf:Account" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
   <sf:Id>001000000000001AAA</sf:Id>
   <sf:SystemModstamp>2026-11-02T09:00:00.000Z</sf:SystemModstamp>
  </sObject></Notification></notifications></soapenv:Body></soapenv:Envelope>"""
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]><x>&l9;</x>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    + MESSAGE.partition("?>")[2].replace("04l1", "&f;")
)

#: Vendor -> a delivery that means well, to be changed.
BODIES = {
    "hubspot": [
        {
            "eventId": 1,
            "subscriptionId": 2,
            "portalId": 3,
            "occurredAt": 1_760_000_000_000,
            "subscriptionType": "deal.associationChange",
            "associationType": "DEAL_TO_LINE_ITEM",
            "fromObjectId": 4,
            "toObjectId": 5,
        },
        {
            "eventId": 2,
            "occurredAt": 1_760_000_000_001,
            "subscriptionType": "object.merge",
            "objectTypeId": "0-2",
            "objectId": 6,
            "mergedObjectIds": [7, 8],
            "primaryObjectId": 6,
        },
    ],
    "stripe": {
        "id": "evt_1",
        "object": "event",
        "type": "invoice.paid",
        "created": int(NOW.timestamp()),
        "data": {
            "object": {
                "id": "in_1",
                "object": "invoice",
                "customer": {"id": "cus_1"},
                "charge": "ch_1",
                "lines": {"data": [{"id": "il_1", "price": {"id": "price_1"}}]},
            },
            "previous_attributes": {"status": "open"},
        },
    },
    "chargebee": {
        "id": "ev_1",
        "object": "event",
        "event_type": "payment_succeeded",
        "occurred_at": int(NOW.timestamp()),
        "content": {
            "invoice": {"id": "1", "status": "paid", "resource_version": 1},
            "transaction": {
                "id": "t",
                "type": "payment",
                "updated_at": int(NOW.timestamp()),
            },
            "customer": {"id": "c"},
            "credit_notes": [{"id": "cn", "reason_code": "write_off"}],
            "subscription_entitlement": {"subscription_id": "s", "feature_id": "f"},
        },
    },
    "zendesk": {
        "id": "01HZ",
        "type": "zen:event-type:user.merged",
        "subject": "zen:user:11",
        "time": "2026-11-02T09:00:00Z",
        "zendesk_event_version": "2022-11-06",
        "detail": {"id": "11", "email": "ada@acme.example"},
        "event": {"user": {"id": "12"}},
        # What a trigger says, once it is no event any more.
        "ticket_id": "42",
        "organization_id": 7,
    },
    "freshdesk": {
        "freshdesk_webhook": {
            "ticket_id": 42,
            "id": "INC-42",
            "event": "ticket_created",
            "triggered_event": "{status:open}",
        }
    },
}


def _hubspot(url, body, seconds):
    stamp = f"{seconds}000"
    signed = hubspot.signature(SECRET, "POST", url, body, stamp)
    return {hubspot.TIMESTAMP_HEADER: stamp, hubspot.SIGNATURE_HEADER: signed}


def _stripe(_url, body, seconds):
    signed = stripe.signature(SECRET, str(seconds), body)
    return {stripe.SIGNATURE_HEADER: f"t={seconds},v1={signed}"}


def _chargebee(_url, _body, _seconds):
    return {"Authorization": _basic_auth_str(chargebee.USER, SECRET)}


def _zendesk(_url, body, seconds):
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    signed = zendesk.signature(SECRET, stamp, body)
    return {zendesk.TIMESTAMP_HEADER: stamp, zendesk.SIGNATURE_HEADER: signed}


def _freshdesk(_url, _body, _seconds):
    return {freshdesk.SECRET_HEADER: SECRET}


#: Vendor -> ``(url, body, seconds since 1970) -> headers`` that prove a delivery.
PROOFS = {
    "hubspot": _hubspot,
    "stripe": _stripe,
    "chargebee": _chargebee,
    "zendesk": _zendesk,
    "freshdesk": _freshdesk,
}
