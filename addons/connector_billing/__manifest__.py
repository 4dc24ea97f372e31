{
    "name": "Connectors: Billing",
    "summary": "Subscriptions, invoices and payments of Stripe and Chargebee",
    "version": "19.0.1.0.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_base", "account", "sale_management"],
    "data": [
        "security/ir.model.access.csv",
        "security/connector_billing_rules.xml",
        "views/connector_billing_menus.xml",
        "views/connector_billing_policy_views.xml",
        "views/account_move_views.xml",
        "data/ir_cron.xml",
    ],
    "application": True,
}
