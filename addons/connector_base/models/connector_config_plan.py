from odoo import api, models

from ..engine.config_diff import NEW, Change
from .connector_config import CONNECTION, Plan
from .connector_config_reference import KEYS, Resolver, is_reference
from .connector_configured import as_text

VALUE_MAP = "connector.value.map"


def _place(item):
    order, file, name, folder = item[0]
    return order, folder or "", file, name


class ConnectorConfig(models.AbstractModel):
    """From files to what their import would do."""

    _inherit = "connector.config"

    @api.model
    def _plan(self, tree, company=None, matches=None, chosen=None):
        """What taking over files would change here; nothing is written.

        :param tree: ``{path: bytes}``
        :param company: the company here for those of the files that aren't here by
            name; the user's own if empty
        :param matches: ``{folder: id of the connection here, or False for a new one}``;
            else the one of the same system and name
        :param chosen: ``{(model, text of a reference): id}`` for what isn't here
        :return: ``connector_config.Plan``
        """
        self._check_may_move()
        company = company or self.env.company
        documents, problems = self._read_tree(tree)
        plan = Plan(Resolver(self.env, company, chosen=chosen), problems=problems)
        if problems:
            return plan
        files = self._sorted_files(plan, documents)
        self._match_connections(plan, files, matches or {})
        if plan.problems:
            return plan
        self._note_planned(plan, files)
        for (_order, _file, name, folder), found in files.items():
            model = self.env[name]
            place = self._company_of_folder(plan, folder)
            for _path, document in found:
                of = self._company_of(plan, model, document, place)
                self._want_references(plan, model, document, of)
        for (_order, _file, name, folder), found in files.items():
            self._plan_records(plan, self.env[name], folder, found)
        self._plan_maps(plan, documents)
        self._plan_values(plan, documents)
        return plan

    def _sorted_files(self, plan, documents):
        """``{(order, file, model, folder): [(path, document of a record)]}``"""
        known = {model._name: model for model in self._configured_models()}
        files = {}
        for path, document in documents.items():
            if isinstance(document, bytes) or document.get("model") == VALUE_MAP:
                continue
            folder, _within = self._split(path)
            name = document.get("model")
            model = known.get(name) if isinstance(name, str) else None
            if model is None:
                sentence = self.env._(
                    "Nothing here knows “%s”: an addon may be missing.", as_text(name)
                )
                plan.changes.append(
                    Change("", path, as_text(name), path, NEW, problem=sentence)
                )
                continue
            of_connection = name == CONNECTION or (
                model._config_owner == "connection_id"
            )
            found = document.get("records", [document.get("values")])
            if (
                of_connection != bool(folder)
                or not isinstance(found, list)
                or not all(isinstance(values, dict) for values in found)
                or ("values" in document and "records" in document)
            ):
                plan.problems.append(
                    self.env._("%s: it isn't written as its model wants it.", path)
                )
                continue
            key = (model._config_order, model._config_file, name, folder)
            files.setdefault(key, []).extend((path, values) for values in found)
        return dict(sorted(files.items(), key=_place))

    # -- connections ----------------------------------------------------------

    def _match_connections(self, plan, files, matches):
        """Say for each connection of the files which one here it is."""
        resolver = plan.resolver
        companies = resolver.company
        for (_order, _file, name, folder), found in files.items():
            for path, values in found:
                reference = values.get("company_id")
                if is_reference(reference):
                    resolver.want("res.company", resolver.company, reference)
                    company_id = resolver.find(
                        "res.company", resolver.company, reference
                    )
                    companies |= companies.browse(company_id)
                if name != CONNECTION:
                    continue
                told = [values.get("provider"), values.get("name")]
                if not all(isinstance(one, str) and one for one in told):
                    plan.problems.append(
                        self.env._("%s: it names no system or no connection.", path)
                    )
                elif folder in plan.connections:
                    plan.problems.append(self.env._("%s: it has two.", path))
                else:
                    plan.named[folder] = tuple(told)
                    plan.connections[folder] = self._match(plan, values, matches, path)
        plan.companies = companies
        folders = {folder for _order, _file, _name, folder in files if folder}
        for folder in sorted(folders - plan.connections.keys()):
            plan.problems.append(
                self.env._("%s: there is no connection.json in it.", folder)
            )

    def _match(self, plan, values, matches, path):
        folder, _within = self._split(path)
        known = self.env[CONNECTION].with_context(active_test=False)
        same = [("provider", "=", values["provider"])]
        if folder in matches:
            found = known.browse(matches[folder] or ()).exists()
            found = found._filtered_access("read").filtered_domain(same)
        else:
            found = known.search([*same, ("name", "=", values["name"])], limit=2)
            found = found if len(found) == 1 else known
        if found:
            renamed = (values["provider"], values["name"])
            plan.resolver.renamed[renamed] = found.name
            return found
        company_id = plan.resolver.company.id
        if is_reference(values.get("company_id")):
            company_id = plan.resolver.find(
                "res.company", plan.resolver.company, values["company_id"]
            )
        known_providers = dict(known._selection_provider())
        provider = values["provider"] if values["provider"] in known_providers else ""
        return known.new(
            {"name": values["name"], "provider": provider, "company_id": company_id}
        )

    def _company_of_folder(self, plan, folder):
        connection = plan.connections.get(folder)
        return plan.resolver.company if connection is None else connection.company_id

    def _note_planned(self, plan, files):
        """What the files themselves bring may be named by them."""
        planned = plan.resolver.planned
        names = {}
        for (_order, _file, name, folder), found in files.items():
            if name == CONNECTION:
                names[folder] = found[0][1]
        for (_order, _file, name, folder), found in files.items():
            keys = KEYS.get(name)
            if folder and not plan.connections[folder].provider:
                # No addon here knows its system: nothing of it will be made.
                continue
            for _path, values in found:
                if name == "connector.flow":
                    of = names[folder]
                    values = values | {
                        "connection_id.provider": of["provider"],
                        "connection_id.name": of["name"],
                    }
                if not keys or not all(key in values for key in keys):
                    continue
                reference = {key: values[key] for key in keys}
                if len(keys) == 1:
                    reference = values[keys[0]]
                planned.setdefault(name, set()).add(as_text(reference))

    # -- records --------------------------------------------------------------

    def _plan_records(self, plan, model, folder, found):
        connection = plan.connections.get(folder)
        if connection is not None and not connection.provider:
            if model._name == CONNECTION:
                (path, values), *_rest = found
                sentence = self.env._(
                    "The addon of %s is not installed.", values["provider"]
                )
                plan.changes.append(
                    Change(
                        *("", path, model._name, values["name"], NEW), problem=sentence
                    )
                )
            return
        if model._name == CONNECTION:
            records = connection if connection.ids else model.browse()
        elif connection is not None and not connection.ids:
            records = model.browse()
        else:
            here = self.env[CONNECTION].browse(
                one.id for one in plan.connections.values() if one.ids
            )
            records = model._config_records(
                connection if connection is not None else here, plan.companies
            )
        items = self._compare_records(
            plan,
            model,
            found,
            records,
            company=self._company_of_folder(plan, folder),
            folder=folder,
            within=folder or "",
        )
        for item in items:
            if model._name == CONNECTION:
                # Whose a connection is was decided when it was made.
                item.names = [name for name in item.names if name != "company_id"]
            plan.items.append(item)
            plan.changes += self._changes_of(item)
