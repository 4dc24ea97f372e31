"""How an account is set up: fields, options, statuses, groups, forms, settings.

[S ticket_fields, user_fields, organization_fields, custom_ticket_statuses, groups,
ticket_forms, brands, sla_policies, account_settings]
"""

from ..routing import Reply, Route
from . import errors, facts
from .access import payload
from .fields import OWNERS
from .store import BRAND, FIRST_STATUS, FORM

BASE = "/api/v2"


class Definitions:
    """Reads of the set-up, and writes of custom fields and statuses."""

    def __init__(self, store, render, pager, account):
        self.store = store
        self.render = render
        self.pager = pager
        self.account = account

    def routes(self):
        """The endpoints."""
        found = []
        for owner in OWNERS:
            path = f"{BASE}/{owner}_fields"
            for method, rest, handler in (
                ("GET", "", self.fields),
                ("POST", "", self.create),
                ("GET", "/{id}", self.show),
                ("PUT", "/{id}", self.update),
                ("DELETE", "/{id}", self.remove),
                ("GET", "/{id}/options", self.options),
                ("POST", "/{id}/options", self.set_option),
            ):
                found.append(Route(method, path + rest, self._of(handler, owner)))
        return [
            *found,
            Route("GET", f"{BASE}/custom_statuses", self.statuses),
            Route("POST", f"{BASE}/custom_statuses", self.create_status),
            Route("GET", f"{BASE}/groups", self.groups),
            Route("GET", f"{BASE}/ticket_forms", self.forms),
            Route("GET", f"{BASE}/brands", self.brands),
            Route("GET", f"{BASE}/slas/policies", self.policies),
            Route("GET", f"{BASE}/account/settings", self.settings),
        ]

    def _of(self, method, owner):
        return lambda request: method(request, owner)

    # Fields

    def fields(self, request, owner):
        """A page of the fields."""
        found = list(self.store.fields.rows[owner].values())
        return self.pager.reply(request, f"{owner}_fields", found, self.render.field)

    def show(self, request, owner):
        """One, by id or key."""
        return self._shown(self._found(request, owner))

    def create(self, request, owner):
        """201 with a new field."""
        given = payload(request, f"{owner}_field")
        made = self.store.fields.define(
            owner,
            given.get("type"),
            given.get("title"),
            given.get("key"),
            given.get("custom_field_options") or (),
            description=given.get("description") or "",
            active=given.get("active", True),
            regexp=given.get("regexp_for_validation"),
        )
        return self._shown(made, 201)

    def update(self, request, owner):
        """200: another title, description or options; key and type stay."""
        found = self._found(request, owner)
        self.store.fields.change(found, payload(request, f"{owner}_field"))
        return self._shown(found)

    def remove(self, request, owner):
        """204; 403 for a field of the system."""
        found = self._found(request, owner)
        if found.system:
            raise errors.refuse(403, "Forbidden", "System fields cannot be deleted")
        self.store.fields.remove(found)
        return Reply(204)

    def options(self, request, owner):
        """The options of a drop-down."""
        found = self._found(request, owner).options
        return self.pager.reply(
            request, "custom_field_options", found, lambda each: each
        )

    def set_option(self, request, owner):
        """201 with a new option, 200 with a changed one."""
        found = self._found(request, owner)
        given = payload(request, "custom_field_option")
        option, is_new = self.store.fields.set_option(found, given)
        return Reply(201 if is_new else 200, {"custom_field_option": option})

    def _found(self, request, owner):
        found = self.store.fields.find(owner, request.params["id"])
        if found is None:
            raise errors.not_found()
        return found

    def _shown(self, found, status=200):
        return Reply(status, {f"{found.owner}_field": self.render.field(found)})

    # Statuses and the rest

    def statuses(self, _request):
        """All custom statuses: each status has one by default. `closed` has none."""
        shown = [self._status(each) for each in self.store.statuses]
        return Reply(200, {"custom_statuses": shown})

    def create_status(self, request):
        """201 with a further status of a category."""
        given = payload(request, "custom_status")
        category, label = given.get("status_category"), given.get("agent_label")
        if category not in facts.STATUSES[1:5] or not label:
            raise errors.Invalid("status_category", "Status category: is not valid")
        status_id = FIRST_STATUS + len(self.store.statuses)
        self.store.statuses[status_id] = (category, label, False)
        return Reply(201, {"custom_status": self._status(status_id)})

    def _status(self, status_id):
        category, label, is_default = self.store.statuses[status_id]
        return {
            "id": status_id,
            "status_category": category,
            "agent_label": label,
            "end_user_label": label,
            "description": "",
            "active": True,
            "default": is_default,
        }

    def groups(self, request):
        """The groups of agents."""
        found = list(self.store.groups)
        return self.pager.reply(request, "groups", found, self.render.group)

    def forms(self, request):
        """The one ticket form."""
        shown = {
            "id": FORM,
            "name": "Default Ticket Form",
            "display_name": "Default Ticket Form",
            "active": True,
            "default": True,
            "position": 1,
            "ticket_field_ids": list(self.store.fields.rows["ticket"]),
        }
        return self.pager.reply(request, "ticket_forms", [shown], lambda each: each)

    def brands(self, request):
        """The one brand."""
        shown = {
            "id": BRAND,
            "name": self.account["subdomain"].title(),
            "subdomain": self.account["subdomain"],
            "active": True,
            "default": True,
        }
        return self.pager.reply(request, "brands", [shown], lambda each: each)

    def policies(self, request):
        """The one policy of service levels."""
        shown = [self.render.policy()]
        return self.pager.reply(request, "sla_policies", shown, lambda each: each)

    def settings(self, _request):
        """What an integration asks of the account, and little else."""
        return Reply(
            200,
            {
                "settings": {
                    "branding": {"header_color": "1A00C3"},
                    "localization": {"locale_ids": [1]},
                    "tickets": {
                        "custom_statuses_enabled": True,
                        "agent_ticket_deletion": True,
                        "use_sla": True,
                    },
                    "users": {"tagging": True, "time_zone_selection": True},
                    "active_features": {"satisfaction_ratings": True},
                    "api": {"accepted_api_agreement": True, "api_token_access": False},
                    "account": {
                        "id": self.account["id"],
                        "subdomain": self.account["subdomain"],
                    },
                }
            },
        )
