{
    "name": "Connectors: Billing and CRM",
    "summary": "Subscriptions of deals, and what the CRM is told of subscribers",
    "version": "19.0.1.0.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_billing", "connector_crm"],
    "data": ["views/connector_subscription_views.xml"],
    "auto_install": True,
}
