{
    "name": "Connectors: Support",
    "summary": "Zendesk and Freshdesk see the customer, Odoo sees the tickets",
    "version": "19.0.1.0.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_standing"],
    "data": [
        "security/ir.model.access.csv",
        "security/connector_support_rules.xml",
        "views/connector_support_menus.xml",
        "views/connector_ticket_views.xml",
        "views/connector_support_policy_views.xml",
        "data/zendesk_field_map.xml",
        "data/freshdesk_field_map.xml",
    ],
    "application": True,
}
