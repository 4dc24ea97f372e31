{
    "name": "Connectors: Steps of Tests",
    "summary": "Jobs that leave a trace; installed by scenarios only",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_base"],
    "data": ["ir.model.access.csv"],
}
