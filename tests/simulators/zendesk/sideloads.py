"""What comes along with records when `include` asks for it. [S side_loading]

Metrics come beside the tickets, as `metric_sets` with `ticket_id` [3P five clients, of
lists and of exports]; one client reads them inside each exported ticket, so that
``metrics_within`` shows them there instead. Service levels and numbers of comments come
inside each ticket.
"""

from . import facts


class Sideloads:
    """Shapes records with what a request includes."""

    def __init__(self, store, render):
        self.store = store
        self.render = render
        self.metrics_within = False

    def asked(self, request, kind):
        """The known ones among those asked for."""
        return facts.SIDE_LOADS[kind].intersection(request.listed("include"))

    def shape_of(self, request, kind, exported=False):
        """How one record is shown."""
        shape = getattr(self.render, kind[:-1])
        inner = self.asked(request, kind) if kind == "tickets" else ()
        within = exported and self.metrics_within

        def shown(record):
            body = shape(record)
            if "slas" in inner:
                body["slas"] = self.render.slas(record)
            if "comment_count" in inner:
                body["comment_count"] = self.render.comment_count(record)
            if within and "metric_sets" in inner:
                body["metric_set"] = self.render.metric_set(record)
            return body

        return shown if inner else shape

    def beside(self, request, kind, exported=False):
        """What gives the lists beside the records."""
        asked = self.asked(request, kind)

        def more(records):
            body = {}
            if "users" in asked:
                ids = {
                    user_id
                    for each in records
                    for user_id in (
                        each.requester_id,
                        each.submitter_id,
                        each.assignee_id,
                    )
                }
                body["users"] = self._found("user", ids)
            if "organizations" in asked:
                ids = {each.organization_id for each in records}
                body["organizations"] = self._found("organization", ids)
            if "groups" in asked:
                body["groups"] = [self.render.group(each) for each in self.store.groups]
            if "identities" in asked:
                body["identities"] = [
                    self.render.identity(identity)
                    for each in records
                    for identity in self.store.identities_of.get(each.id, ())
                ]
            if "metric_sets" in asked and not (exported and self.metrics_within):
                body["metric_sets"] = [self.render.metric_set(each) for each in records]
            return body

        return more if asked else None

    def _found(self, kind, ids):
        table = self.store.table(kind)
        shape = getattr(self.render, kind)
        ids.discard(None)
        found = (table.get(each) for each in sorted(ids))
        return [shape(each) for each in found if each is not None]
