{
    "name": "Connectors: Empty Route",
    "summary": "What a request to Odoo costs that does nothing, for benchmarks only",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["base"],
    "installable": True,
}
