"""A desk whose customers owe, buy, and are looked after."""

import dataclasses

from odoo.addons.connector_base.tests.common_outbox import OutboxCase
from odoo.addons.connector_base.tests.common_push import PushCase
from odoo.addons.connector_standing.tests.common_standing import StandingMixin

from .common_support import organization, support_streams, user


def telling(stream):
    """A stream whose lines that only go out are Odoo's."""
    lines = [
        dataclasses.replace(line, owner="odoo") if line.direction == "push" else line
        for line in stream.default_map
    ]
    return dataclasses.replace(stream, default_map=tuple(lines))


class ContextCase(StandingMixin, PushCase):
    """The desk knows Acme and Ada, who works there; it is told how Acme stands."""

    streams = ()

    @classmethod
    def setUpClass(cls):
        # The flows of a desk are other ones than those of a CRM.
        super(OutboxCase, cls).setUpClass()
        cls.companies = cls.send(cls.connection, "organizations")
        cls.users = cls.send(cls.connection, "users")
        cls.set_up_books()
        cls.env.company.write(
            {"standing_interval": 15, "standing_payment_at_once": True}
        )
        cls.env.company.partner_id.lang = "en_US"

    @classmethod
    def connect(cls, **vals):
        if not cls.vendor.streams:
            cls.vendor.streams = tuple(map(telling, support_streams(cls.env)))
        return super().connect(**{"name": "Fake Desk", **vals})

    def setUp(self):
        super().setUp()
        self.pull("organizations", organization(1, name="Acme"))
        self.pull("users", user(11, "ada@acme.example", company="1"))
        self.acme = self.taken("organizations", 1)
        self.ada = self.taken("users", 11)
        self.acme.property_account_receivable_id = self.books["receivable"]
        self.assertEqual(self.ada.commercial_partner_id, self.acme)

    def told(self):
        """What the desk has been told of Acme and of Ada since the last time."""
        self.vendor.sent.clear()
        self.push("organizations")
        self.push("users")
        return self.news()

    def news(self):
        """The same of what the desk has been told by now, when it was pulled, too."""
        told = {"organizations": {}, "users": {}}
        for _done, stream, rows in self.vendor.sent:
            for row in rows:
                told[stream].update(row.values)
        return told["organizations"], told["users"]

    def settle(self):
        """All that waits has been told."""
        self.work_out()
        self.told()

    def level(self, name="Premium", targets=(), **vals):
        return self.env["connector.service.level"].create(
            {
                "name": name,
                "target_ids": [
                    (
                        *(0, 0),
                        {
                            "priority": priority,
                            "first_reply_hours": reply,
                            "resolution_hours": solved,
                        },
                    )
                    for priority, reply, solved in targets
                ],
                **vals,
            }
        )
