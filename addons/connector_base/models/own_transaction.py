"""Work that is committed at once, whatever becomes of the transaction around it."""

import psycopg2

from odoo import api

from .connector_concurrency import is_concurrency_error

#: Tries, each in a fresh transaction. At each at least one of those that meet succeeds.
TRIES = 20


def in_own_transaction(env, work):
    """Call ``work(env)`` in a transaction of its own and commit it.

    Where another transaction was first, it is called again in a fresh one. The caller
    must hold no lock that ``work`` waits for.

    :param work: function of an environment of the same user, with all rights
    :return: what ``work`` returns
    """
    for attempt in range(1, TRIES + 1):
        try:
            with env.registry.cursor() as cr:
                return work(api.Environment(cr, env.uid, env.context, su=True))
        except psycopg2.Error as error:
            if attempt == TRIES or not is_concurrency_error(error):
                raise
    raise AssertionError("unreachable")
