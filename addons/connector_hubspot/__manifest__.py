{
    "name": "Connectors: HubSpot",
    "summary": "Companies, contacts, deals with lines, products, quotes of HubSpot",
    "version": "19.0.3.1.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_crm"],
    "data": [
        "data/connector_field_map.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "connector_hubspot/static/tests/tours/*.js",
        ],
    },
    "application": True,
}
