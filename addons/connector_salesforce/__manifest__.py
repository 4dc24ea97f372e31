{
    "name": "Connectors: Salesforce",
    "summary": "Accounts, contacts, leads, opportunities and orders with Salesforce",
    "version": "19.0.2.1.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_crm"],
    "external_dependencies": {
        "python": ["cryptography", "lxml"],
    },
    "data": [
        "data/connector_field_map.xml",
    ],
    "application": True,
}
