from odoo.addons.connector_base.engine.records import ReferenceValue, Stream
from odoo.addons.connector_base.tests.common import ConnectorCase
from odoo.addons.connector_base.tests.common_vendor import (
    COMPANIES,
    CONTACTS,
    remote,
    same_names,
)

DEALS = Stream(
    name="deals",
    entity="opportunity",
    label="Deals",
    default_map=same_names(
        *("name", "amount", "currency", "close_date", "description", "pipeline"),
        *("stage", "is_closed", "is_won", "lost_reason", "owner", "company"),
        "contacts",
    ),
    sequence=40,
)


def stage(value, label, **hints):
    return ReferenceValue("deal_stage", value, label, hints)


class DealCase(ConnectorCase):
    """A vendor with companies, contacts and deals in two open and two end stages."""

    streams = (COMPANIES, CONTACTS, DEALS)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stages = cls.env["crm.stage"]
        # Odoo's own stages would be candidates of every test here.
        stages.search([]).write({"name": "Of Odoo", "is_won": False})
        cls.first, cls.second, cls.won = stages.create(
            [
                {"name": "First Call", "sequence": 101},
                {"name": "Second Call", "sequence": 102},
                {"name": "Signed", "sequence": 103, "is_won": True},
            ]
        )
        cls.env["connector.value.map"]._refresh(
            cls.connection,
            [
                stage("s1", "First call"),
                stage("s2", "Second call"),
                stage("won", "Closed won", is_won=True),
                stage("lost", "Closed lost", is_lost=True),
            ],
        )

    def deal(self, remote_id=1, **values):
        """The vendor's deal comes; returns its opportunity.

        Open and in the first stage, unless said otherwise.
        """
        closed = values.get("stage") in ("won", "lost")
        values = {
            "name": "Rollout",
            "stage": "s1",
            "is_closed": closed,
            "is_won": values.get("stage") == "won",
            **values,
        }
        at = values.pop("at", None)
        self.pull("deals", remote(remote_id, at=at, **values))
        return self.taken("deals", remote_id)

    def stage_line(self, value):
        return self.env["connector.value.map.line"].search(
            [
                ("map_id.name", "=", "deal_stage"),
                ("connection_id", "=", self.connection.id),
                ("remote_value", "=", value),
            ]
        )
