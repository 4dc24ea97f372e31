{
    "name": "Connectors: OCA queue_job",
    "summary": "Lanes that the workers of OCA's queue_job run, on one host or several",
    "version": "19.0.1.1.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_base", "queue_job"],
    "data": [
        "data/queue_job.xml",
        "views/connector_lane_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
