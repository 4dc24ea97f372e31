{
    "name": "Connectors: Tasks for Tickets",
    "summary": "A task for each ticket that needs one; its end is told to the desk",
    "version": "19.0.1.1.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_support", "project"],
    "data": [
        "security/connector_support_project_service.xml",
        "views/connector_support_rule_views.xml",
        "views/project_task_views.xml",
    ],
    "auto_install": True,
}
