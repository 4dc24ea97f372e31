"""Work that is committed at once, whatever becomes of the transaction around it."""

import psycopg2.errors

from odoo import SUPERUSER_ID, api

#: Tries, each in a fresh transaction. At each at least one of those that meet succeeds.
TRIES = 20
#: PostgreSQL says that another transaction was first: a fresh snapshot sees its row.
MET_ANOTHER = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.UniqueViolation,
)


def in_own_transaction(env, work):
    """Call ``work(env)`` in a transaction of its own and commit it.

    Where another transaction was first, it is called again in a fresh one. The caller
    must hold no lock that ``work`` waits for.

    :param work: function of an environment of the superuser
    :return: what ``work`` returns
    """
    for attempt in range(1, TRIES + 1):
        try:
            with env.registry.cursor() as cr:
                return work(api.Environment(cr, SUPERUSER_ID, env.context))
        except MET_ANOTHER:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")
