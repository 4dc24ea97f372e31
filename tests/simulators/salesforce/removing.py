"""How records leave an org and come back: delete, undelete, merge, purge."""

from . import derive, facts
from .errors import SalesforceError


class Removing:
    """The part of the store that takes records away."""

    def delete(self, object_name, record_id, *, at=None):
        """Move a record to the Recycle Bin, its details with it."""
        kind = self.schema.require(object_name)
        with self.transaction():
            row = self.row(kind, record_id)
            self._bury(kind, row, self._stamp(at))

    def _bury(self, kind, row, at, master=None):
        for child, field in facts.CASCADE.get(kind.name, {}).items():
            other = self.schema.objects[child]
            if master is None:
                for line in self.tables[child].having(field, row["Id"]):
                    if not line.get("IsDeleted"):
                        self._bury(other, line, at)
        gone = {**row, "IsDeleted": True, "SystemModstamp": at, "LastModifiedDate": at}
        if master:
            gone["MasterRecordId"] = master
        self.put(kind, gone)
        derive.after(self, kind, gone, row, at)

    def deletions(self, object_name):
        """``(moment, id)`` of what is in the Recycle Bin, oldest first."""
        with self.lock:
            return sorted(
                (row["SystemModstamp"], row["Id"])
                for row in self.tables[object_name].rows.values()
                if row.get("IsDeleted")
            )

    def undelete(self, object_name, record_id):
        """Bring a record back from the Recycle Bin, its details with it."""
        kind = self.schema.require(object_name)
        with self.transaction():
            row = self.tables[kind.name].rows.get(record_id)
            if row is None or not row.get("IsDeleted"):
                raise SalesforceError("UNDELETE_FAILED", "Entity is not in recycle bin")
            self._revive(kind, row, self._stamp())

    def _revive(self, kind, row, at):
        back = {**row, "IsDeleted": False, "SystemModstamp": at}
        back["LastModifiedDate"] = at
        back.pop("MasterRecordId", None)
        self.put(kind, back)
        self._tell(kind, back, False)
        for child, field in facts.CASCADE.get(kind.name, {}).items():
            other = self.schema.objects[child]
            for line in self.tables[child].having(field, row["Id"]):
                together = line["SystemModstamp"] == row["SystemModstamp"]
                if line.get("IsDeleted") and together:
                    self._revive(other, line, at)
        derive.after(self, kind, back, row, at)

    def purge(self, object_name=None, *, before=None):
        """Empty the Recycle Bin (of what was deleted before a moment): the records are
        gone for good, and getDeleted no longer tells of them."""
        names = [object_name] if object_name else list(self.tables)
        limit = self._stamp(before)
        with self.lock:
            for name in names:
                for stamp, record_id in self.deletions(name):
                    if before is None or stamp < limit:
                        self.purge_one(name, record_id)

    def purge_one(self, object_name, record_id):
        """Take one deleted record out of the Recycle Bin for good."""
        with self.lock:
            table = self.tables[object_name]
            row = table.rows[record_id]
            table.remove(record_id)
            table.purged = max(row["SystemModstamp"], table.purged or "")

    def merge(self, object_name, master_id, loser_ids, values=None):
        """Merge one or two records into a master, which everything that referred to
        them refers to then; the losers are deleted with ``MasterRecordId``."""
        kind = self.schema.require(object_name)
        loser_ids = [loser_ids] if isinstance(loser_ids, str) else list(loser_ids)
        if kind.name not in facts.MERGEABLE or not 1 <= len(loser_ids) <= 2:
            raise SalesforceError("INVALID_OPERATION", "cannot merge these records")
        with self.transaction():
            master = self.row(kind, master_id)
            losers = [self.row(kind, each) for each in loser_ids]
            gone = {loser["Id"] for loser in losers}
            if master["Id"] in gone:
                raise SalesforceError("INVALID_OPERATION", "cannot merge with itself")
            at = self._stamp()
            self._refer(kind, gone, master["Id"], at)
            for loser in losers:
                self._bury(kind, loser, at, master=master["Id"])
            row = self.row(kind, master_id)
            kept = self.checks.clean(kind, values or {}, row, admin=True)
            self.change(kind, row, kept)

    def _refer(self, kind, gone, master, at):
        for other in self.schema.objects.values():
            fields = [
                field.name
                for field in other.fields.values()
                if kind.name in field.reference_to and field.name != "MasterRecordId"
            ]
            if not fields:
                continue
            for row in list(self.tables[other.name].rows.values()):
                moved = {name: master for name in fields if row.get(name) in gone}
                if moved and not row.get("IsDeleted"):
                    new = {**row, **moved, "SystemModstamp": at, "LastModifiedDate": at}
                    self.put(other, new)
                    self._tell(other, new, False)
