import dataclasses

from odoo import api, fields, models, release
from odoo.exceptions import AccessError
from odoo.modules.module import Manifest

from ..engine import config_file
from ..engine.config_diff import Unknown
from ..engine.config_file import CONNECTIONS, MANIFEST
from ..engine.normalize import storable
from .connector_configured import as_text
from .connector_field_map_json import _texts
from .connector_field_map_review import EDITORS, FINANCE

#: What the manifest says that it is of.
KIND = "connector configuration"
CONNECTION = "connector.connection"


@dataclasses.dataclass
class Plan:
    """What an import would do, before anything is done.

    :param resolver: ``connector_config_reference.Resolver``
    :param companies: those here that the files speak of
    :param named: ``{folder: (provider, name)}`` of the connections of the files
    :param connections: ``{folder: connection here; unsaved where it is a new one}``
    :param items: what is compared, in the order in which it is applied
    :param changes: ``[engine.config_diff.Change]``, by file
    :param unknown: ``{(model, text of reference): engine.config_diff.Unknown}``
    :param problems: files that can't be read at all, in words
    """

    resolver: object
    companies: object = None
    named: dict = dataclasses.field(default_factory=dict)
    connections: dict = dataclasses.field(default_factory=dict)
    items: list = dataclasses.field(default_factory=list)
    changes: list = dataclasses.field(default_factory=list)
    unknown: dict = dataclasses.field(default_factory=dict)
    problems: list = dataclasses.field(default_factory=list)

    def note_unknown(self, model, reference, company, use):
        key = (model, as_text(reference))
        known = self.unknown.get(key)
        if known is None:
            known = self.unknown[key] = Unknown(model, reference, company, [])
        if use not in known.uses:
            known.uses.append(use)


class ConnectorConfig(models.AbstractModel):
    """The configuration as a tree of files: written, compared, and taken over.

    See ``engine.config_file`` for the files, ``connector.configured`` for what is in
    them. Written by who may edit maps, with what they may read; taken over with the
    rights of who imports, no more.
    """

    _name = "connector.config"
    _description = "Connector Configuration"

    @api.model
    def _check_may_move(self):
        user = self.env.user
        if not (user.has_group(EDITORS) or user.has_group(FINANCE) or self.env.su):
            raise AccessError(
                self.env._(
                    "Map editors, administrators and finance approvers move"
                    " configuration."
                )
            )

    @api.model
    def _configured_models(self):
        """All models that have files, in the order in which they are made."""
        found = [
            model
            for _name, model in self.env.items()
            if getattr(model, "_config_file", None) and not model._abstract
        ]
        return sorted(found, key=lambda m: (m._config_order, m._config_file, m._name))

    # -- export ---------------------------------------------------------------

    @api.model
    def _export(self, connections, rules=True):
        """The files of connections and of the rules of their companies.

        :param rules: whether to take along what belongs to no single connection
        :return: ``{path: bytes}``
        """
        self._check_may_move()
        connections.check_access("read")
        connections = connections.sorted(lambda c: (c.provider, c.name, c.id))
        folders = self._folders(connections)
        tree = {MANIFEST: config_file.dump(self._manifest())}
        for model in self._configured_models():
            of_connection = model._name == CONNECTION or (
                model._config_owner == "connection_id"
            )
            if not of_connection and not rules:
                continue
            if not model.has_access("read"):
                continue
            records = (
                connections
                if model._name == CONNECTION
                else model._config_records(connections, connections.company_id)
            )
            documents = records._config_documents()
            files = {}
            for record in records:
                folder = self._folder_of(record, folders)
                path = f"{folder}{record._config_path()}"
                files.setdefault(path, []).append(record)
            for path, found in files.items():
                document = model._config_file_of([documents[r.id] for r in found])
                document |= found[0]._config_information()
                tree[path] = config_file.dump(document)
        for connection, folder in folders.items():
            tree |= self._export_maps(connection, folder)
            tree |= self._export_values(connection, folder)
        return dict(sorted(tree.items()))

    def _folders(self, connections):
        folders, taken = {}, set()
        for connection in connections:
            name = config_file.slug(f"{connection.provider}-{connection.name}", taken)
            taken.add(name)
            folders[connection] = f"{CONNECTIONS}/{name}/"
        return folders

    def _folder_of(self, record, folders):
        if record._name == CONNECTION:
            return folders[record]
        if record._config_owner == "connection_id":
            return folders[record.connection_id]
        return ""

    def _manifest(self):
        """Who made the files, when, of which database; no more of people than that."""
        suite = self.env["ir.module.module"].sudo()
        suite = suite.search(
            [("name", "=like", "connector\\_%"), ("state", "=", "installed")]
        )
        ours = {"Odoo Connectors"}
        versions = {
            module.name: module.latest_version
            for module in suite
            if (Manifest.for_addon(module.name) or {}).get("author") in ours
        }
        return {
            "format": config_file.FORMAT,
            "kind": KIND,
            "odoo": release.version,
            "addons": dict(sorted(versions.items())),
            "database": self.env.cr.dbname,
            "exported_at": f"{fields.Datetime.now().isoformat()}Z",
            "exported_by": self.env.user.login,
        }

    @api.model
    def _note_export(self, connections, tree):
        said = {
            self.env._("Files"): [None, len(tree)],
            "SHA-256": [None, config_file.digest(tree)],
        }
        self.env["connector.audit"]._note(connections, "export", said)

    # -- read -----------------------------------------------------------------

    @api.model
    def _read_tree(self, tree):
        """The documents of a tree, and what is wrong with its files.

        Maps are left as bytes: they have a reader of their own.

        :return: ``({path: document or bytes}, [problem in one sentence])``
        """
        documents, problems = {}, []
        for path in sorted(tree):
            try:
                if not config_file.is_path(path):
                    raise ValueError("no configuration has a file of that name")
                document = config_file.load(tree[path])
                if any(storable(text) != text for text in _texts(document)):
                    raise ValueError("it holds characters that can't be kept")
            except ValueError as error:
                problems.append(f"{path}: {error}.")
                continue
            documents[path] = tree[path] if self._is_map(path) else document
        manifest = documents.pop(MANIFEST, None)
        if not problems and (manifest or {}).get("kind") != KIND:
            problems.append(
                self.env._(
                    "These are no files of a connectors' configuration: there is no"
                    " manifest.json that says so."
                )
            )
        return documents, problems

    def _is_map(self, path):
        parts = path.split("/")
        return parts[0] == CONNECTIONS and parts[2:3] == ["maps"] and len(parts) == 4

    @api.model
    def _split(self, path):
        """``(folder of the connection or None, path within)``"""
        parts = path.split("/", 2)
        if parts[0] == CONNECTIONS and len(parts) == 3:
            return f"{CONNECTIONS}/{parts[1]}/", parts[2]
        return None, path
