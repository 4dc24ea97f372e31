"""Where Zendesk's Support API lives, and what its lists take.

Marks: [S] vendor page below https://developer.zendesk.com, named by its last part,
[3P] observed by third parties, [M] from memory.
"""

import dataclasses
import urllib.parse

BASE = "api/v2"
#: Where tokens are asked for. [S] grant_type_tokens
TOKEN_PATH = "oauth/tokens"
#: Where a person lets a client in, and where a token ends itself. [S oauth-pkce,
#: revoking-oauth-token]
AUTHORIZE_PATH = "oauth/authorizations/new"
REVOKE_PATH = f"{BASE}/oauth/tokens/current"

#: Most records of a page, ids of a ``show_many``, rows of a bulk request.
#: [S] introduction/pagination, users, organizations; [3P] the 400 ``TooManyValues``
BULK = 100
#: Jobs of an account that may wait or run at once. [S] rate-limits, “Job limit”
JOB_LIMIT = 30
#: Seconds that exports are behind: later changes are left out, and a start time within
#: them is refused. [S] using-the-incremental-export-api; [3P] ``StartTimeTooRecent``
EXPORT_LAG = 60


@dataclasses.dataclass(frozen=True)
class Listing:
    """How a stream is read.

    :param name: key of the records in an answer, and their resource
    :param export: parts of the path of its incremental export; by cursor where
        ``by_cursor``
    :param include: what is asked for beside the records. [S] side_loading
    :param fields: resource of the account's own fields
    :param kept: where a record keeps their values
    """

    name: str
    export: tuple
    include: tuple = ()
    by_cursor: bool = True
    fields: str | None = None
    kept: str | None = None


#: Stream -> how it is read. Organizations have no export by cursor. [S]
#: incremental_exports
LISTINGS = {
    "organizations": Listing(
        "organizations",
        ("incremental", "organizations"),
        by_cursor=False,
        fields="organization_fields",
        kept="organization_fields",
    ),
    "users": Listing(
        "users",
        ("incremental", "users", "cursor"),
        ("identities",),
        fields="user_fields",
        kept="user_fields",
    ),
    "tickets": Listing(
        "tickets",
        ("incremental", "tickets", "cursor"),
        ("users", "groups", "metric_sets", "slas", "comment_count"),
        fields="ticket_fields",
        kept="custom_fields",
    ),
}
#: Stream -> key of one record in a request or an answer.
SINGULAR = {"organizations": "organization", "users": "user", "tickets": "ticket"}

#: A user who asks, as opposed to those who answer. [S] users, “role”
END_USER = "end-user"
#: Where our key is kept: unique among the records of a kind, case aside.
#: [S] organizations, users
KEY = "external_id"

#: Scopes of a token. Custom fields, jobs and lists of an account have none of their
#: own: it takes those for all. [S] oauth_tokens, “Scopes”
READING = "read"
WRITING = "write"
SCOPES = {
    "organizations": ((READING,), (WRITING,)),
    "users": ((READING,), (WRITING,)),
    "tickets": ((READING,), (WRITING,)),
    "comments": ((), (WRITING,)),
}

#: Tells of the token that a request is signed with, among others its ``scopes``.
#: [S] oauth_tokens, “Show Token” and its properties; ``current`` [M]
TOKEN_IN_USE = ("oauth", "tokens", "current")

#: Stream -> page of a record in the agent's workspace. [M]
PAGES = {
    "organizations": "agent/organizations/{}",
    "users": "agent/users/{}",
    "tickets": "agent/tickets/{}",
}


def path(*parts):
    """Path of a resource, relative to the address of the account; ids are quoted."""
    return "/".join([BASE, *(urllib.parse.quote(str(part), safe="") for part in parts)])
