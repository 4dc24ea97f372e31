from odoo import models


class ConnectorPersonal(models.AbstractModel):
    """For models of connectors that may hold something about a person.

    A request to find or to erase a person asks each of them, in bounded batches. A
    model says by its two methods where that is and what becomes of it.
    """

    _name = "connector.personal"
    _description = "Connector Personal"

    def _personal_records(self, person):
        """The records that hold something about a person, of all companies.

        :param person: ``engine.person.Person``
        :return: recordset of this model, or an iterable of ids where it has millions
        """
        raise NotImplementedError

    def _personal_erase(self, person):
        """Take out of these records what they say about a person.

        What was done stays where something depends on it (a binding, a document); who
        it was done to goes. Called with at most a batch of records.

        :param person: ``engine.person.Person``
        :return: number of records that were changed or deleted
        """
        raise NotImplementedError
