{
    "name": "Connectors: OCA Helpdesk",
    "summary": "Tickets of a support desk are mirrored into OCA's helpdesk",
    "version": "19.0.1.1.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    # As helpdesk_mgmt, on which it builds.
    "license": "AGPL-3",  # pylint: disable=license-allowed
    "depends": ["connector_support", "helpdesk_mgmt"],
    "data": [
        "security/connector_support_helpdesk_mgmt_service.xml",
        "security/ir.model.access.csv",
        "security/connector_support_helpdesk_rules.xml",
        "views/connector_support_policy_views.xml",
        "views/connector_ticket_views.xml",
        "views/helpdesk_ticket_views.xml",
    ],
    "auto_install": True,
}
