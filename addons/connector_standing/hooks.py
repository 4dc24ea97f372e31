from odoo.tools import SQL

#: Beginnings of the names of what was ``connector_crm``'s until its 19.0.3.0.0.
MOVED = (
    *("access_standing_", "rule_standing_", "standing_cron", "standing_daily_cron"),
    *("connector_customer_standing_", "res_config_settings_view_form_standing"),
    *("res_partner_view_form_standing", "model_connector_customer_standing"),
    *("model_connector_standing_", "field_connector_customer_standing__"),
    *("field_connector_standing_", "field_res_partner__standing_"),
    *("field_res_company__standing_", "field_res_config_settings__standing_"),
    *("constraint_connector_customer_standing_", "constraint_res_company_standing_"),
)


def pre_init_hook(env):
    """Take over what stood in ``connector_crm``, with all its rows."""
    env.cr.execute(
        SQL(
            """
            UPDATE ir_model_data SET module = 'connector_standing'
             WHERE module = 'connector_crm' AND name LIKE ANY(%s)
            """,
            [name.replace("_", r"\_") + "%" for name in MOVED],
        )
    )
