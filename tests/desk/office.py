"""The company whose customers ask the desk, connected to it."""

from scenarios.own_database import committed

#: What is bound, of which entity: id there -> name or status, and the customer's.
ORGANIZATIONS = """
    SELECT binding.remote_id, partner.name
      FROM connector_binding binding
      JOIN res_partner partner ON partner.id = binding.res_id
     WHERE binding.connection_id = %s AND binding.entity = 'support.organization'
"""
PEOPLE = """
    SELECT binding.remote_id
      FROM connector_binding binding
      JOIN res_partner partner ON partner.id = binding.res_id
     WHERE binding.connection_id = %s AND binding.entity = 'support.requester'
"""
TICKETS = """
    SELECT binding.remote_id, ticket.status, requester.remote_id
      FROM connector_binding binding
      JOIN connector_ticket ticket ON ticket.id = binding.res_id
 LEFT JOIN connector_binding requester
        ON requester.connection_id = binding.connection_id
       AND requester.entity = 'support.requester'
       AND requester.res_id = ticket.partner_id
     WHERE binding.connection_id = %s AND binding.entity = 'support.ticket'
"""
HELD = """
    SELECT exception.code || ': ' || exception.name || ' (' || COUNT(*) || ')'
      FROM connector_exception exception
      JOIN connector_exception_item item ON item.exception_id = exception.id
     WHERE exception.connection_id = %s AND item.state = 'open' AND item.blocking
  GROUP BY exception.id
"""
NEW_AT_ONCE = 1000


class Office:
    """One database, connected to one desk."""

    def __init__(self, database, desk):
        self.database = database
        self.desk = desk
        with committed(database) as env:
            connection = env["connector.connection"].create(
                {
                    "name": desk.name,
                    "provider": desk.provider,
                    "base_url": desk.simulator.url,
                }
            )
            for credential in connection.credential_ids:
                if credential.key in desk.secrets:
                    credential.secret = desk.secrets[credential.key]
            connection.action_connect()
            # What comes in is counted first, what goes out afterwards.
            connection.flow_ids.direction = "pull"
            connection.value_map_ids.line_ids.action_accept_suggestion()
            self.connection_id = connection.id

    def connection(self, env):
        return env["connector.connection"].browse(self.connection_id)

    def sync(self, anew=False):
        """Let all flows pull; ``anew``: from their beginning."""
        with committed(self.database) as env:
            flows = self.connection(env).flow_ids.filtered("active")
            if anew:
                flows.action_full_sync()
            else:
                flows.action_sync()

    def differences(self):
        """What isn't as it is at the desk, a sentence each."""
        with committed(self.database) as env:

            def rows(query):
                env.cr.execute(query, [self.connection_id])
                return env.cr.fetchall()

            organizations, people = dict(rows(ORGANIZATIONS)), rows(PEOPLE)
            tickets, held = rows(TICKETS), rows(HELD)
        wanted = self.desk.tickets()
        found = {number: (status, who) for number, status, who in tickets}
        return [
            *(f"held: {sentence}" for (sentence,) in held),
            *_compare("organization", self.desk.organizations(), organizations),
            *_compare_ids("requester", self.desk.people(), {row[0] for row in people}),
            *_compare_ids("ticket", set(wanted), set(found)),
            *(
                f"ticket {number}: {found[number]}, not {told}"
                for number, told in wanted.items()
                if number in found and not _agrees(told, found[number])
            ),
        ]

    # -- the way out ----------------------------------------------------------

    def let_send(self):
        """Let organizations go out; what Odoo has counts."""
        with committed(self.database) as env:
            flow = self._organizations(env)
            draft = env["connector.field.map"].browse(
                flow.active_map_id.action_new_draft()["res_id"]
            )
            draft.line_ids.filtered(lambda line: line.direction == "both").write(
                {"owner": "odoo"}
            )
            # No second person is here.
            draft._take_effect()
            flow.write({"direction": "both", "push_create": True})

    def change_and_make(self, number):
        """Rename the organizations that are bound, up to ``number``, and make new ones
        until it is reached.

        :return: ``(changed, new)``
        """
        with committed(self.database) as env:
            bound = env["connector.binding"].search(
                [
                    ("connection_id", "=", self.connection_id),
                    ("entity", "=", "support.organization"),
                ],
                limit=number,
            )
            for partner in env["res.partner"].browse(bound.mapped("res_id")):
                partner.name = f"{partner.name} Group"
            new = number - len(bound)
            for start in range(0, new, NEW_AT_ONCE):
                env["res.partner"].create(
                    [
                        {"name": f"Customer {place} of Odoo", "is_company": True}
                        for place in range(start, min(start + NEW_AT_ONCE, new))
                    ]
                )
            env.cr.flush()
            self._organizations(env)._enqueue_push()
            return len(bound), new

    def unsent(self):
        """Changes that haven't gone out."""
        with committed(self.database) as env:
            return env["connector.change"].search_count([])

    def _organizations(self, env):
        return self.connection(env).flow_ids.filtered(
            lambda flow: flow.entity == "support.organization"
        )


def _compare(what, wanted, found):
    return [
        *_compare_ids(what, set(wanted), set(found)),
        *(
            f"{what} {key}: {found[key]}, not {wanted[key]}"
            for key in sorted(wanted.keys() & found.keys())
            if found[key].strip() != wanted[key].strip()
        ),
    ]


def _compare_ids(what, wanted, found):
    return [
        *(f"{what} {key} is missing" for key in sorted(wanted - found)),
        *(f"{what} {key} is there no more" for key in sorted(found - wanted)),
    ]


def _agrees(told, found):
    """``None`` in what is told may be anything."""
    return all(one in (None, other) for one, other in zip(told, found, strict=True))
