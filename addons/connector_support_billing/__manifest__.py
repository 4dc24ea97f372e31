{
    "name": "Connectors: Subscriptions of Tickets",
    "summary": "Which subscription a ticket is about",
    "version": "19.0.1.0.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_support", "connector_billing"],
    "data": ["views/connector_ticket_views.xml"],
    "auto_install": True,
}
