{
    "name": "Connectors: CRM",
    "summary": "Deals of a CRM as opportunities, with customers, amounts and stages",
    "version": "19.0.1.2.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_base", "crm"],
    "data": [
        "views/crm_lead_views.xml",
    ],
}
