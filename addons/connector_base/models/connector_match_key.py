import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.hashing import fingerprint
from .bulk_delete import bulk_delete

#: Days that keys are kept: longer than any transaction is open.
KEEP_DAYS = 1
#: Rows that one pass of the vacuum deletes.
VACUUM_BATCH = 5000


class ConnectorMatchKey(models.Model):
    """By what a record was about to be made, so that two accounts don't make it twice.

    Two workers that take the same new customer from two systems both find no match: the
    record of the other one is not committed yet. Each notes the keys that it matches by
    before it makes a record. PostgreSQL then lets the second one wait, and refuses it
    as soon as the first one has committed; tried again in a fresh transaction it finds
    the record and links to it.
    """

    _name = "connector.match.key"
    _description = "Connector Match Key"
    _log_access = False

    res_model = fields.Char(string="Model", required=True, readonly=True)
    # A hash: keys are addresses of people.
    key = fields.Char(required=True, readonly=True)
    noted_at = fields.Datetime(required=True, readonly=True, index=True)

    _key_uniq = models.Constraint(
        "UNIQUE(res_model, key)", "Another account makes this record right now."
    )

    @api.model
    def _note(self, run, batch):
        """Note by which keys these records would be found, before they are made.

        Where no other account feeds the same records there is nothing to fear.

        :param run: ``connector_pull.Run``
        :param batch: list of ``connector_mapper.Mapped`` that have no record yet
        :raises psycopg2.errors.SerializationFailure: where another transaction that we
            don't see has noted one of them
        """
        if not batch or not self._is_shared(run):
            return
        entity = run.entity
        keys = {
            fingerprint(*noted)
            for mapped in batch
            for noted in entity._match_noted_keys(run, mapped)
        }
        if not keys:
            return
        now = fields.Datetime.now()
        # In order: two that note the same ones wait for each other, and don't lock
        # each other out.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO connector_match_key (res_model, key, noted_at) VALUES %s
                ON CONFLICT (res_model, key) DO UPDATE SET noted_at = EXCLUDED.noted_at
                """,
                SQL(", ").join(
                    SQL("%s", (entity._entity_model, key, now)) for key in sorted(keys)
                ),
            ),
            log_exceptions=False,
        )

    def _is_shared(self, run):
        """Whether other accounts bring records of the same model, asked once a run."""
        if "shared" not in run.tables:
            entities = self.env["connector.entity"]._entities_of(
                run.entity._entity_model
            )
            run.tables["shared"] = bool(
                self.env["connector.flow"].search_count(
                    [
                        ("entity", "in", entities),
                        ("direction", "!=", "push"),
                        ("connection_id", "!=", run.connection.id),
                        ("connection_id.state", "!=", "draft"),
                    ],
                    limit=1,
                )
            )
        return run.tables["shared"]

    @api.autovacuum
    def _gc_old(self):
        """Delete keys that no open transaction can meet any more, in bounded batches.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        limit = fields.Datetime.now() - datetime.timedelta(days=KEEP_DAYS)
        return bulk_delete(self, SQL("noted_at < %s", limit), VACUUM_BATCH)
