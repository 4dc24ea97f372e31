"""Short-lived tokens: who signs in by one that must be renewed again and again."""

import dataclasses
import datetime
import threading

#: Time before its end from which on a token isn't used any more: the request that
#: carries it takes its time, and clocks differ.
MARGIN = datetime.timedelta(seconds=60)


@dataclasses.dataclass(frozen=True, slots=True)
class Token:
    """What a vendor gave for signing in.

    :param value: the token itself
    :param expires_at: aware UTC; ``None`` where the vendor doesn't tell: then it is
        good until it is refused
    :param secrets: ``{key of a credential: new secret}`` that the vendor gave with it
        in place of an old one, as a refresh token that is good once; kept in the same
        transaction as the token
    """

    value: str = dataclasses.field(repr=False)
    expires_at: datetime.datetime | None = None
    secrets: dict = dataclasses.field(default_factory=dict, repr=False)

    def is_good(self, now):
        """Whether a request that goes out now may carry it."""
        return self.expires_at is None or now < self.expires_at - MARGIN


class Tokens:
    """The token of one client, renewed when its time is over or it is refused.

    Thread-safe: a page is read ahead while parents are fetched.

    :param fetch: ``(refused value or None) -> Token``: the token that all workers
        share, or a new one where that is over or the refused one
    :param clock: gives the time as aware UTC
    """

    def __init__(self, fetch, clock=lambda: datetime.datetime.now(datetime.UTC)):
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._token = None

    def current(self):
        """The token for the next request.

        :return: text
        :raises errors.ConnectorError: where there is none to be had
        """
        with self._lock:
            if self._token is None or not self._token.is_good(self._clock()):
                self._token = self._fetch(None)
            return self._token.value

    def renew(self, refused):
        """A token in place of one that the vendor has refused.

        Where another thread, or another worker, has renewed it already, that one.

        :param refused: text
        :return: text
        :raises errors.ConnectorError: where there is none to be had
        """
        with self._lock:
            if self._token is None or self._token.value == refused:
                self._token = self._fetch(refused)
            return self._token.value
