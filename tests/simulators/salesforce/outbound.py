"""Outbound messages of a simulated org: SOAP POSTs that tell of changed records.

Up to 100 notifications of one object a message, with the data of the moment it is
sent; tried again, at growing intervals and in any order, until the answer holds
``<Ack>true</Ack>``. There is no signature: who receives checks OrganizationId and a
path that only Salesforce knows. Deletions are not told.
[S api/guide: sforce_api_om_outboundmessaging_notifications, _wsdl]

What can go wrong on the way is switched on with ``faults``: shares from 0 to 1.
"""

import itertools
import re
from xml.sax.saxutils import escape

from ..delivery import Delivery, Outcome, post
from . import facts, ids

#: Tries before it gives up; the product goes on for 24 hours.
TRIES = 12
ACK = re.compile(rb"<(?:\w+:)?Ack>\s*(?:true|1)\s*</(?:\w+:)?Ack>")
FAULTS = {
    "drop": "a notification is never told",
    "duplicate": "a message is sent twice",
    "reorder": "the notifications of a message come in any order",
    "delay": "a message waits up to `delay_seconds`",
}
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" \
xmlns:xsd="http://www.w3.org/2001/XMLSchema" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>{organization}</OrganizationId>
   <ActionId>{action}</ActionId>
   <SessionId xsi:nil="true"/>
   <EnterpriseUrl>{url}/services/Soap/c/{version}/{organization}</EnterpriseUrl>
   <PartnerUrl>{url}/services/Soap/u/{version}/{organization}</PartnerUrl>
{notifications}
  </notifications>
 </soapenv:Body>
</soapenv:Envelope>
"""
NOTIFICATION = """   <Notification>
    <Id>{id}</Id>
    <sObject xsi:type="sf:{type}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
{fields}
    </sObject>
   </Notification>"""


class Outbound(Delivery):
    """Tells a target URL of changes of a store; settings besides the common ones:

    - ``objects``: ``{object: [fields besides Id]}``; only these are told
    - ``organization_id``: told instead of the org's own
    """

    name = "salesforce-outbound"
    unit, parcel = "notifications", "messages"
    tries, batch = TRIES, facts.NOTIFICATIONS
    known_faults = FAULTS
    own_settings = ("objects", "organization_id")

    def __init__(self, store, url, *, seed=0, **settings):
        self.store = store
        self.url = url
        self.objects = {}
        self.organization_id = None
        self._ids = itertools.count(1)
        super().__init__(seed, **settings)

    def describe(self):
        """What the control endpoint shows, JSON-ready."""
        return {**super().describe(), "objects": self.objects}

    # What the store tells

    def notice(self, object_name, record_id, _created):
        """A record was created or changed."""
        if self.target is None or object_name not in self.objects:
            return
        with self._changed:
            if self._loses():
                return
            number = ids.new_id(facts.OUTBOUND_NOTIFICATION_PREFIX, next(self._ids))
            self._enqueue(object_name, (number, record_id))

    def _send(self, object_name, notifications, _attempt):
        body = self._envelope(object_name, notifications)
        if body is None:
            return Outcome(True)
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        status, _headers, answer = post(self.target, body.encode(), headers)
        return Outcome(status == 200 and bool(ACK.search(answer)))

    def _envelope(self, object_name, message):
        """The message, None when its records, or its object, have gone since."""
        chosen = self.objects
        if object_name not in chosen:
            return None
        with self.store.lock:
            kind = self.store.schema.objects[object_name]
            rows = self.store.tables[object_name].rows
            listed = [
                _notification(kind, number, rows[record_id], chosen[object_name])
                for number, record_id in message
                if record_id in rows and not rows[record_id].get("IsDeleted")
            ]
        if not listed:
            return None
        return ENVELOPE.format(
            organization=self.organization_id or self.store.organization_id,
            action=ids.new_id(
                facts.OUTBOUND_ACTION_PREFIX,
                sorted(chosen).index(object_name) + 1,
            ),
            url=self.url(),
            version=f"{facts.NEWEST_VERSION}.0",
            notifications="\n".join(listed),
        )


def _notification(kind, number, row, chosen):
    fields = [
        f"     <sf:{name}>{_text(kind.fields[name], row[name])}</sf:{name}>"
        for name in dict.fromkeys(("Id", *chosen))
        if row.get(name) is not None
    ]
    return NOTIFICATION.format(id=number, type=kind.name, fields="\n".join(fields))


def _text(field, value):
    if field.type == "boolean":
        return "true" if value else "false"
    if field.type == "datetime":
        return f"{value[:23]}Z"
    return escape(str(value))
