"""What PostgreSQL says when two transactions got in each other's way."""

import psycopg2
import psycopg2.errorcodes

#: Errors after which the same work succeeds in a fresh transaction.
RETRY_CODES = frozenset(
    {
        psycopg2.errorcodes.SERIALIZATION_FAILURE,
        psycopg2.errorcodes.DEADLOCK_DETECTED,
        psycopg2.errorcodes.LOCK_NOT_AVAILABLE,
    }
)
#: So do violations of these constraints: another worker was first, and the fresh
#: snapshot sees its row.
CONCURRENT_CONSTRAINTS = (
    "connector_binding_",
    "connector_circuit_",
    "connector_exception_",
    "connector_job_",
    "connector_value_map_",
    # Odoo's, of a document that comes with its number: is it another one's for good,
    # the fresh transaction sees that before it writes.
    "account_move_unique_name",
)
#: And of constraints that end so: of models that have a row for each remote record, or
#: for each record of Odoo's, which two flows may come to make at once.
CONCURRENT_ENDINGS = ("_remote_uniq", "_source_uniq", "_partner_company_uniq")


def is_concurrency_error(error):
    """Whether the same work may well succeed in a fresh transaction."""
    if not isinstance(error, psycopg2.Error):
        return False
    if error.pgcode in RETRY_CODES:
        return True
    constraint = getattr(error.diag, "constraint_name", None) or ""
    return error.pgcode == psycopg2.errorcodes.UNIQUE_VIOLATION and (
        constraint.startswith(CONCURRENT_CONSTRAINTS)
        or constraint.endswith(CONCURRENT_ENDINGS)
    )
