{
    "name": "Connectors: Customer Standing",
    "summary": "What other systems are told of a customer's balance, payments, orders",
    "version": "19.0.1.0.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_base", "sale_management"],
    "data": [
        "security/ir.model.access.csv",
        "security/connector_standing_rules.xml",
        "data/standing_cron.xml",
        "views/connector_customer_standing_views.xml",
        "views/res_config_settings_views.xml",
        "data/entitlement_cron.xml",
        "views/connector_entitlement_views.xml",
    ],
    "pre_init_hook": "pre_init_hook",
}
