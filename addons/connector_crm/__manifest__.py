{
    "name": "Connectors: CRM",
    "summary": "Deals of a CRM as opportunities, with customers, amounts and stages",
    "version": "19.0.1.2.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_base", "crm", "sale_management", "sale_crm"],
    "data": [
        "security/ir.model.access.csv",
        "security/connector_crm_rules.xml",
        "data/ir_cron.xml",
        "views/connector_price_book_views.xml",
        "views/connector_agreement_views.xml",
        "views/crm_lead_views.xml",
        "views/res_partner_views.xml",
        "views/sale_order_views.xml",
    ],
}
