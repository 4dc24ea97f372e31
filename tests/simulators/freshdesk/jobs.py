"""Many tickets at once, as jobs that take a while. [S bulk_update, bulk_delete]"""

import uuid

from ..routing import Reply
from . import checks, errors, facts


class Jobs:
    """Bulk requests; the work is done as the job ends, on the account's clock.

    ``seconds``: how long a job takes. ``kept``: id to job.
    """

    def __init__(self, store, cases, tickets, url, seconds=facts.JOB_SECONDS):
        self.store = store
        self.cases = cases
        self.tickets = tickets
        self.url = url
        self.seconds = seconds
        self.kept = {}

    def routes(self):
        """(verb, path, handler)."""
        return [
            ("POST", "/tickets/bulk_update", self.update),
            ("POST", "/tickets/bulk_delete", self.delete),
            ("GET", "/jobs/{id}", self.read),
        ]

    def update(self, request):
        action = self._action(request, ("ids", "properties", "reply"))
        given = action.get("properties") or {}
        problems = self.tickets.problems(given)
        if not given and not action.get("reply"):
            problems.append(errors.blank("properties", "key/value pair"))
        if problems:
            raise errors.invalid(*problems)
        return self._begin(request, action["ids"], given, action.get("reply"))

    def delete(self, request):
        action = self._action(request, ("ids",))
        return self._begin(request, action["ids"], None, None)

    def read(self, request):
        job = self.kept.get(request.params["id"])
        if job is None:
            raise errors.missing()
        self.run_due()
        shape = {"id": job["id"], "status": job["status"]}
        if job["data"] is not None:
            shape["data"] = job["data"]
        return Reply(200, shape)

    def run_due(self):
        """Do what is due by the clock."""
        for job in self.kept.values():
            if job["data"] is None and job["due"] <= self.store.now():
                job["data"] = [self._work(job, each) for each in job["ids"]]
                good = any(each["success"] for each in job["data"])
                job["status"] = facts.JOB_DONE if good else facts.JOB_FAILED

    def _action(self, request, allowed):
        action = checks.body(request).get("bulk_action")
        if not isinstance(action, dict):
            raise errors.invalid(errors.blank("bulk_action", "key/value pair"))
        problems = [errors.unknown(name) for name in action if name not in allowed]
        ids = action.get("ids")
        if not isinstance(ids, list) or not ids:
            problems.append(errors.blank("ids", "Array"))
        elif len(ids) > facts.BULK_LIMIT:
            text = f"Has {len(ids)} values, it can have maximum of 100 values"
            problems.append(errors.wrong("ids", text))
        if problems:
            raise errors.invalid(*problems)
        return action

    def _begin(self, request, ids, values, reply):
        job = {
            "id": uuid.uuid4().hex[:29],
            "ids": ids,
            "values": values,
            "reply": reply,
            "agent": request.notes["agent_id"],
            "due": self.store.now() + self.seconds,
            "status": facts.JOB_IN_PROGRESS,
            "data": None,
        }
        self.kept[job["id"]] = job
        href = f"{self.url()}{facts.PREFIX}/jobs/{job['id']}"
        return Reply(202, {"job_id": job["id"], "href": href})

    def _work(self, job, ticket_id):
        ticket = self.store.get("ticket", ticket_id)
        if ticket is None or ticket["deleted"]:
            problem = errors.wrong("id", "It should be a valid ticket")
            return {"id": ticket_id, "success": False, "errors": [problem]}
        if job["values"] is None:
            self.cases.delete(ticket)
        else:
            if job["values"]:
                self.cases.change(ticket, self.tickets.internal(job["values"], ticket))
            if job["reply"]:
                said = {"body": job["reply"]["body"], "user_id": job["agent"]}
                self.cases.say(ticket, said, "reply")
        return {"id": ticket_id, "success": True}
