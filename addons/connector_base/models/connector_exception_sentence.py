import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class ConnectorException(models.Model):
    """The sentences: what happened, to which record, what to do.

    A code ``x`` is explained by the method ``_sentence_x(params)``; addons add codes of
    their own by adding methods.
    """

    _inherit = "connector.exception"

    @api.model
    def _sentence(self, code, params):
        """One plain sentence for a code, in the user's language."""
        method = getattr(self, f"_sentence_{code}", None)
        try:
            if method is not None:
                return method(params)
        except KeyError:
            # A value that the sentence wants was not given: better said without it than
            # an error that is not recorded at all.
            _logger.warning("The sentence of %s lacks a value", code, exc_info=True)
        return params.get("detail") or self.env._("Something failed: %s.", code)

    @api.model
    def _sentence_of_error(self, error):
        """The sentence for a ``ConnectorError``."""
        params = {"detail": error.message, "vendor": "", "host": "", **error.params}
        return self._sentence(error.code, params)

    @api.model
    def _advice(self, code, error_class):
        """What to do about a cause, in one sentence.

        A code ``x`` may have advice of its own in a method ``_advice_x()``; otherwise
        the error class decides.
        """
        special = getattr(self, f"_advice_{code}", None)
        if special:
            return special()
        by_class = {
            "transient": self.env._(
                "Nothing to do unless it lasts: it is tried again."
            ),
            "timeout": self.env._("Nothing to do unless it lasts: it is tried again."),
            "remote_down": self.env._(
                "Check the address and whether the remote system works, then retry."
            ),
            "rate_limited": self.env._("Nothing to do: the sync goes on by itself."),
            "authentication": self.env._(
                "Open the connection, enter a valid credential, test it, and resume."
            ),
            "validation": self.env._(
                "Correct the value here or in the remote system, or change the field"
                " map."
            ),
            "mapping": self.env._(
                "Choose what the value means in Odoo; the records follow by themselves."
            ),
            "missing_dependency": self.env._(
                "Restore the missing record in the remote system or remove the link to"
                " it; the record follows by itself when it arrives."
            ),
            "ambiguous_match": self.env._("Choose which record is meant."),
            "conflict": self.env._("Choose which of the two values is right."),
            "closed_period": self.env._("Choose a date in an open period."),
            "not_found": self.env._("Check the address and the record, then retry."),
            "bug": self.env._(
                "Retry; if it fails again, send the technical details to whoever looks"
                " after the connector."
            ),
        }
        return by_class.get(error_class, "")

    def _advice_no_rate(self):
        return self.env._(
            "Activate the currency in Odoo and enter a rate, then retry the records."
        )

    def _advice_transform_failed(self):
        return self.env._(
            "Correct the value in the remote system, or the line of the field map, then"
            " retry."
        )

    def _advice_expression_failed(self):
        return self._advice_transform_failed()

    def _advice_none_by_key(self):
        return self.env._(
            "Make the record in Odoo, or correct the value on either side, then retry."
        )

    def _advice_several_by_key(self):
        return self._advice_none_by_key()

    def _advice_no_key(self):
        return self._advice_none_by_key()

    def _advice_cyclic_reference(self):
        return self.env._(
            "Correct the link in the remote system; the record follows by itself."
        )

    def _advice_create_not_allowed(self):
        return self.env._(
            "Let the flow create records, or make one in Odoo that matches, then retry."
        )

    # -- talking to the vendor ------------------------------------------------

    def _sentence_unknown_host(self, params):
        return self.env._(
            "The address %(host)s doesn't exist. Check the API address and this"
            " server's network.",
            host=params["host"],
        )

    def _sentence_unreachable(self, params):
        return self.env._(
            "%(vendor)s can't be reached at %(host)s: nothing answers there. Check the"
            " API address and this server's network.",
            vendor=params["vendor"],
            host=params["host"],
        )

    def _sentence_tls(self, params):
        return self.env._(
            "%(host)s doesn't prove that it is %(vendor)s: its certificate isn't"
            " accepted.",
            vendor=params["vendor"],
            host=params["host"],
        )

    def _sentence_timeout(self, params):
        return self.env._("%s did not answer in time.", params["vendor"])

    def _sentence_cut_off(self, params):
        return self.env._("%s broke off its answer.", params["vendor"])

    def _sentence_wrong_host(self, params):
        return self.env._("“%s” is not a web address.", params["host"])

    def _sentence_web_page(self, params):
        return self.env._(
            "A web page came back from %(host)s instead of data from %(vendor)s. The"
            " API address may be wrong, or a proxy is in between.",
            vendor=params["vendor"],
            host=params["host"],
        )

    def _sentence_malformed(self, params):
        return self.env._(
            "%s sent an answer that can't be read: it is cut or no JSON.",
            params["vendor"],
        )

    def _sentence_server_error(self, params):
        return self.env._(
            "%(vendor)s has trouble of its own (HTTP %(status)s).",
            vendor=params["vendor"],
            status=params.get("status", "?"),
        )

    def _sentence_rate_limited(self, params):
        return self.env._(
            "%s asks us to wait: its limit of requests is reached.", params["vendor"]
        )

    def _sentence_budget_spent(self, params):
        return self.env._(
            "The budget of requests to %s is used up for the moment; the work goes on"
            " by itself.",
            params["vendor"],
        )

    def _sentence_no_credential(self, params):
        return self.env._(
            "%(connection)s has no %(credential)s yet: enter it on the connection.",
            connection=params["connection"],
            credential=params["credential"],
        )

    def _sentence_wrong_token(self, params):
        return self.env._(
            "%s doesn't accept the access token: it is wrong, expired or revoked.",
            params["vendor"],
        )

    def _sentence_token_busy(self, params):
        return self.env._(
            "Another worker of this server has been signing in for too long; the work"
            " is tried again."
        )

    def _sentence_missing_scope(self, params):
        if params.get("scope"):
            return self.env._(
                "%(vendor)s doesn't let us read this: the token lacks the scope"
                " %(scope)s.",
                vendor=params["vendor"],
                scope=params["scope"],
            )
        return self.env._(
            "%s doesn't let us do this: the token lacks a permission.",
            params["vendor"],
        )

    def _sentence_refused(self, params):
        return self.env._(
            "%(vendor)s refuses the request: %(detail)s",
            vendor=params["vendor"],
            detail=params.get("detail") or params.get("status"),
        )

    def _sentence_not_found(self, params):
        return self.env._(
            "%(vendor)s knows nothing at this address (%(host)s). The API address or"
            " version may be wrong.",
            vendor=params["vendor"],
            host=params["host"],
        )

    def _sentence_worker_died(self, params):
        return self.env._(
            "The work was broken off from outside %s times: it may need more memory or"
            " time than a worker of this server has.",
            params["tries"],
        )

    # -- records --------------------------------------------------------------

    def _sentence_required_missing(self, params):
        return self.env._("%s is empty, and every record needs it.", params["label"])

    def _sentence_invalid_value(self, params):
        if "value" in params:
            return self.env._(
                "%(label)s holds a value that can't be read (%(value)s).",
                label=params["label"],
                value=params["value"],
            )
        return self.env._("%s holds values that can't be read.", params["label"])

    def _sentence_transform_failed(self, params):
        transforms = dict(self.env["connector.transform"]._labels())
        label = transforms.get(params["transform"], params["transform"])
        if "value" in params:
            return self.env._(
                "%(label)s: “%(transform)s” can't work with “%(value)s”.",
                label=params["label"],
                transform=label,
                value=params["value"],
            )
        return self.env._(
            "%(label)s: “%(transform)s” can't work with values that came.",
            label=params["label"],
            transform=label,
        )

    def _sentence_expression_failed(self, params):
        return self.env._(
            "%(label)s: the expression of its field map can't be computed for the"
            " record (%(kind)s).",
            label=params["label"],
            kind=params["kind"],
        )

    def _sentence_none_by_key(self, params):
        return self.env._(
            "%(label)s: Odoo has no %(model)s whose %(key)s is “%(value)s”.",
            **{name: params[name] for name in ("label", "model", "key", "value")},
        )

    def _sentence_several_by_key(self, params):
        return self.env._(
            "%(label)s: several records of Odoo (%(model)s) have %(key)s “%(value)s”.",
            **{name: params[name] for name in ("label", "model", "key", "value")},
        )

    def _sentence_no_key(self, params):
        return self.env._(
            "%(label)s “%(record)s” has no %(key)s, by which the remote system would"
            " know it.",
            **{name: params[name] for name in ("label", "record", "key")},
        )

    def _sentence_cyclic_reference(self, params):
        return self.env._(
            "%s: the records refer to each other in a ring. This one was taken without"
            " it; correct it in the remote system.",
            params["label"],
        )

    def _sentence_unmapped_value_default(self, params):
        return self.env._(
            "%(label)s “%(value)s” isn't matched with anything in Odoo: the records got"
            " the default of its value map.",
            label=params["label"],
            value=params["value"],
        )

    def _sentence_unmapped_value(self, params):
        return self.env._(
            "%(label)s “%(value)s” isn't matched with anything in Odoo yet.",
            label=params["label"],
            value=params["value"],
        )

    def _sentence_unmapped_value_empty(self, params):
        return self.env._(
            "%(label)s “%(value)s” isn't matched with anything in Odoo: the records"
            " were taken without it.",
            label=params["label"],
            value=params["value"],
        )

    def _sentence_missing_parent(self, params):
        if "remote_id" in params:
            return self.env._(
                "%(label)s %(remote_id)s, which the record belongs to, doesn't exist at"
                " %(vendor)s any more.",
                label=params["label"],
                remote_id=params["remote_id"],
                vendor=params["vendor"],
            )
        return self.env._(
            "%(label)s: records belong to one that doesn't exist at %(vendor)s any"
            " more.",
            label=params["label"],
            vendor=params["vendor"],
        )

    def _sentence_parent_held(self, params):
        if "remote_id" in params:
            return self.env._(
                "%(label)s %(remote_id)s, which the record belongs to, is held itself.",
                label=params["label"],
                remote_id=params["remote_id"],
            )
        return self.env._(
            "%s: records wait for one that is held itself.", params["label"]
        )

    def _sentence_no_rate(self, params):
        return self.env._(
            "Odoo has no exchange rate from %(currency)s for %(company)s: activate the"
            " currency and enter a rate.",
            currency=params["currency"],
            company=params["company"],
        )

    def _sentence_conflict(self, params):
        return self.env._(
            "%s was changed on both sides since they last agreed.", params["label"]
        )

    def _sentence_create_not_allowed(self, params):
        return self.env._(
            "The flow may not create records in Odoo, and none there matches."
        )

    def _sentence_archive_kept(self, params):
        return self.env._(
            "Archived at %s and kept in Odoo, as the flow says.", params["vendor"]
        )

    def _sentence_refused_by_odoo(self, params):
        return self.env._("Odoo refuses the record: %s", params["detail"])
