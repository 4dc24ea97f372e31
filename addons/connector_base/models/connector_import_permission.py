import re

from odoo import models
from odoo.exceptions import AccessError

from odoo.addons.base.models.ir_model import ACCESS_ERROR_HEADER

from ..engine.masking import mask_text
from ..engine.records import Problem
from ..entities.entity_added import OF_MODEL, is_no_data, is_system_model
from ..service_user import as_service

#: Codes of the causes that are told here.
PERMISSION_CODES = (
    *("may_not_create", "may_not_write", "may_not_read", "may_not_unlink"),
    *("never_written", "out_of_reach", "access_refused"),
)
#: A model's technical name, as Odoo puts it into refusals in every language.
MODEL_IN_TEXT = re.compile(r"\(([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)")
#: The one asked for most often first.
RIGHTS = ("create", "write", "read", "unlink")


class ConnectorImport(models.AbstractModel):
    """What the service user may not do: one cause for all records that it holds."""

    _inherit = "connector.import"

    def _write_isolated(self, run, batch):
        """Ask for the rights once: without them no record needs to be tried."""
        wanted = {
            "create": [m for m in batch if not m.record_id],
            "write": [m for m in batch if m.record_id and m.values],
        }
        for right, concerned in wanted.items():
            if concerned and not run.entity._may(right):
                problem = self._lacking(run.entity, right)
                for mapped in concerned:
                    mapped.problems.append(problem)
        super()._write_isolated(run, [m for m in batch if not m.held])

    def _problem_of(self, error):
        if isinstance(error, AccessError):
            return self._problem_of_access(str(error))
        return super()._problem_of(error)

    def _lacking(self, entity, right):
        """Why records of an entity can't be written by the connectors at all."""
        model = entity._entity_model
        if entity._entity_name().startswith(OF_MODEL) and is_no_data(model):
            return self._never_written(model)
        return self._not_granted(model, right)

    def _never_written(self, model):
        return Problem(
            "validation",
            "never_written",
            cause=model,
            params=self._named_model(model),
            shared=True,
        )

    def _not_granted(self, model, right):
        if is_system_model(model):
            return self._never_written(model)
        return Problem(
            "validation",
            f"may_not_{right}",
            cause=model,
            params=self._named_model(model),
            shared=True,
        )

    def _named_model(self, model):
        return {"model": model, "label": self.env["ir.model"]._get(model).name}

    def _problem_of_access(self, text):
        """What Odoo refused: a right on a model, a field, or a record by a rule.

        Its words don't say which in a way that all languages share: of a model and a
        field they speak in the first line, of records in a list below.
        """
        first, _break, rest = text.strip().partition("\n")
        model = self._model_in(first)
        if model:
            lacking = self._lacking_right(model, first)
            if lacking:
                return self._not_granted(model, lacking)
        elif model := self._model_in(rest):
            params = self._named_model(model)
            return Problem("validation", "out_of_reach", cause=model, params=params)
        detail = mask_text(first, 200)
        return Problem(
            "validation", "access_refused", cause=detail, params={"detail": detail}
        )

    def _model_in(self, text):
        """The first model that a refusal names, or ``None``."""
        names = MODEL_IN_TEXT.findall(text)
        return next((name for name in names if name in self.env), None)

    def _lacking_right(self, model, sentence):
        """Which right on a model a sentence is about, or ``None`` for a field's."""
        service = as_service(self.env[model])
        lacking = [right for right in RIGHTS if not service.has_access(right)]
        names = {
            "document_kind": self.env["ir.model"]._get(model).name,
            "document_model": model,
        }
        meant = [r for r in lacking if str(ACCESS_ERROR_HEADER[r]) % names == sentence]
        # In another language than ours: whatever is needed to write records at all.
        return next((r for r in meant + lacking if r in meant or r != "unlink"), None)


class ConnectorException(models.Model):
    """The sentences about what the connectors may not do in Odoo."""

    _inherit = "connector.exception"

    def _sentence_may_not_create(self, params):
        return self.env._(
            "The connectors may not create %(label)s (%(model)s). Give the group"
            " “Connectors: Service” access to it, then retry.",
            label=params["label"],
            model=params["model"],
        )

    def _sentence_may_not_write(self, params):
        return self.env._(
            "The connectors may not change %(label)s (%(model)s). Give the group"
            " “Connectors: Service” access to it, then retry.",
            label=params["label"],
            model=params["model"],
        )

    def _sentence_may_not_read(self, params):
        return self.env._(
            "The connectors may not read %(label)s (%(model)s), which Odoo needs here."
            " Give the group “Connectors: Service” access to it, then retry.",
            label=params["label"],
            model=params["model"],
        )

    def _sentence_may_not_unlink(self, params):
        return self.env._(
            "The connectors may not delete %(label)s (%(model)s). Give the group"
            " “Connectors: Service” access to it, then retry.",
            label=params["label"],
            model=params["model"],
        )

    def _sentence_never_written(self, params):
        return self.env._(
            "Connectors never write %(label)s (%(model)s): who may do what in Odoo, and"
            " what Odoo does by itself, is decided in Odoo only.",
            label=params["label"],
            model=params["model"],
        )

    def _sentence_out_of_reach(self, params):
        return self.env._(
            "A rule of Odoo keeps the connectors from this record (%(label)s,"
            " %(model)s): it belongs to another company than the connection, or only"
            " some people may see it.",
            label=params["label"],
            model=params["model"],
        )

    def _sentence_access_refused(self, params):
        return self.env._(
            "Odoo doesn't let the connectors do this: %s", params["detail"]
        )

    def _advice_may_not_create(self):
        return self.env._(
            "If the field map is right: a system administrator lets the group"
            " “Connectors: Service” imply a group with that right. Then retry."
        )

    def _advice_may_not_write(self):
        return self._advice_may_not_create()

    def _advice_may_not_read(self):
        return self._advice_may_not_create()

    def _advice_may_not_unlink(self):
        return self._advice_may_not_create()

    def _advice_access_refused(self):
        return self._advice_may_not_create()

    def _advice_never_written(self):
        return self.env._(
            "Make the change in Odoo by hand, or ignore it with a reason. Where a"
            " contact is a user of Odoo, unlink it from the remote record."
        )

    def _advice_out_of_reach(self):
        return self.env._(
            "Look to which company the record belongs, and link another one if it is"
            " the wrong one; then retry."
        )
