"""As whom the connectors work: a user of their own, with the least rights.

Jobs run as this user. What the engine keeps for itself (bindings, jobs, logs, events,
exceptions) it keeps with all rights. Business records it writes with those that the
group “Connectors: Service” has, in the connection's company only: a field map says
what is written, and must not reach further than the connectors need to.
"""

from odoo import SUPERUSER_ID

SERVICE_USER = "connector_base.user_service"
#: Beginning of the names of the connectors' own models: rows of the engine, which
#: nobody has rights to write.
OWN_MODELS = "connector."


def service_user_id(env):
    """The database id of the service user; looked up once and cached by Odoo."""
    ids = env["ir.model.data"]
    return ids._xmlid_to_res_id(SERVICE_USER, raise_if_not_found=True)


def is_engine(env):
    """Whether no person does what is done now, but a job or a scheduled action."""
    if env.uid == SUPERUSER_ID:
        return True
    # Not there yet, or any more, while the addon is installed or removed.
    found = env["ir.model.data"]._xmlid_to_res_id(SERVICE_USER)
    return bool(found) and env.uid == found


def service_env(env):
    """The environment of jobs and deliveries: the service user, with all rights."""
    return env(user=service_user_id(env), su=True)


def as_service(records, companies=None):
    """Records, or a model, in the hands of the service user, without all rights.

    Only the company that the environment works in is switched on: Odoo's own rules keep
    records of other companies out of reach, whatever the user may see in all.

    :param records: recordset whose environment works in the right company
    :param companies: ``res.company`` of the records, where the environment is another's
    """
    service = records.with_user(service_user_id(records.env))
    companies = companies or records.env.company
    return service.with_context(allowed_company_ids=companies.ids)


def as_worker(records, companies=None):
    """What follows from others' doing: the service user's, unless a person set it off.

    A person has been asked for the right to; what follows is done in the same name.
    """
    if is_engine(records.env):
        return as_service(records, companies)
    return records.sudo()


def to_write(records):
    """Records as the connectors write them; the engine's own stay as they are."""
    return records if records._name.startswith(OWN_MODELS) else as_service(records)
