{
    "name": "Connectors: Onboarding Projects",
    "summary": "A project from a template for each deal that is won",
    "version": "19.0.1.1.0",
    "category": "Productivity/Connectors",
    "author": "Odoo Connectors",
    "license": "LGPL-3",
    "depends": ["connector_crm", "project"],
    "data": [
        "security/connector_crm_project_service.xml",
        "views/connector_handoff_policy_views.xml",
    ],
    "auto_install": True,
}
