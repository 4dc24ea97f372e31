from odoo import api, models

KIND_PREFIX = "connector.process.kind."


class ConnectorProcessKind(models.AbstractModel):
    """The contract of a kind of process: its steps, and how each is done and undone.

    A kind is an abstract model ``connector.process.kind.<name>`` that inherits this
    one; its description is what people read. An addon adds a step by extending
    ``_steps`` and adding the step's methods:

    - ``_run_<step>(process, step)`` does it, in a transaction of its own together with
      what is recorded of it. It may run again after it failed, never after it was done.
      Answers ``Done``, ``Skipped`` or ``Wait`` of ``engine.process``; raises a
      ``ConnectorError`` whose class decides whether it is tried again.
    - ``_undo_<step>(process, step)`` takes it back, where that is possible; answers a
      sentence, raises where a person must do it.
    """

    _name = "connector.process.kind"
    _description = "Connector Process Kind"

    #: Lane of the queue that its steps run in.
    _process_lane = "default"
    #: Whose exceptions they are: one of ``connector.exception._selection_domain``.
    _process_domain = "general"

    @api.model
    def _kinds(self):
        """:return: list of ``(name, label)`` of the kinds that are installed"""
        return sorted(
            (name.removeprefix(KIND_PREFIX), self.env[name]._description)
            for name in self.env.registry
            if name.startswith(KIND_PREFIX)
        )

    def _steps(self):
        """:return: list of ``engine.process.Step``, in order"""
        return []

    def _on_failure(self, process, step, error):
        """What becomes of the process now that no retry helps; extend it.

        :return: ``park``, ``compensate`` or ``skip``
        """
        return step.on_failure

    def _stake(self, process):
        """What the process is called and worth, and whose it is, for an exception.

        :return: dict of ``label``, ``amount`` in the company's currency,
            ``partner_label``
        """
        return {
            "label": process.record_name or process.display_name,
            "amount": 0.0,
            "partner_label": False,
        }

    def _why_not_approve(self, process, user):
        """Why a user may not approve what a step waits for; extend it.

        :return: a sentence, or ``None`` where the user may
        """
        if not user.has_group("connector_base.group_finance_approver"):
            return self.env._("Only a finance approver can approve this.")
        if user == process.requested_by_id:
            return self.env._("Somebody else than who asked for it has to approve it.")
        return None

    def _resumed(self, process, user):
        """A person lets the process go on; extend it."""

    def _look_again(self, process):
        """A person wants what is said of a process that is done looked at anew."""
