"""Where Freshdesk's API v2 lives, what its lists take, and what its numbers mean.

Marks: [S] vendor page, developers.freshdesk.com/api by the section named, or an article
of support.freshdesk.com; [3P] observed by third parties; [M] from memory.

Nobody signs in by OAuth: the API knows Basic with an agent's key [S authentication].
Freshworks' OAuth for apps of others (``https://<organization>/oauth/v2/authorize``) is
documented for Freshsales, Freshservice and Freshchat, not for Freshdesk [S
https://developers.freshworks.com/docs/app-sdk/v3.0].
"""

import urllib.parse

BASE = "api/v2"
#: Most records of a page. [S pagination]
LIST_LIMIT = 100
#: Pages that a list of tickets has at most. [S list_all_tickets]
TICKET_PAGES = 300
#: What asks for all tickets: without a moment the list goes back 30 days only. [S
#: list_all_tickets]
EPOCH = "2000-01-01T00:00:00Z"

#: Stream -> the vendor's list of its fields, which also says what may be added. Tickets
#: are never given fields of ours. [S ticket_fields, contact_fields, company_fields]
FIELD_LISTS = {
    "companies": "company_fields",
    "contacts": "contact_fields",
    "tickets": "ticket_fields",
}
#: Stream -> what is asked to see whether it may be read.
LISTS = {
    "companies": "companies",
    "contacts": "contacts",
    "tickets": "tickets",
    "comments": "tickets",
}
#: Stream -> parts of the path that is asked to count it. [S filter_*: ``total``]
SEARCHES = {
    "companies": ("search", "companies"),
    "contacts": ("search", "contacts"),
    "tickets": ("search", "tickets"),
}
#: Path of our own key in a company; contacts have a field of Freshdesk's for it.
KEY = "odoo_key"
CUSTOM = "custom_fields."
CONTACT_KEY = "unique_external_id"

#: What the agent of the key must be allowed to, as roles name it, for the set-up.
#: [S "Setting up custom agent roles"; M for the exact words]
SCOPES = {
    "companies": (("View companies",), ("Create or edit companies",)),
    "contacts": (("View contacts",), ("Create or edit contacts",)),
    "tickets": (("View all tickets",), ("Edit ticket properties",)),
    "comments": (
        (),
        ("Add a note to a ticket", "Send reply to a ticket", "Edit ticket properties"),
    ),
}
#: Stream -> page of a record in the agents' portal. [S: addresses of the new portal]
PAGES = {"companies": "a/companies", "contacts": "a/contacts", "tickets": "a/tickets"}

#: [S tickets]
OPEN, PENDING, RESOLVED, CLOSED = 2, 3, 4, 5
STATUSES = {OPEN: "open", PENDING: "pending", RESOLVED: "solved", CLOSED: "closed"}
DONE = frozenset({RESOLVED, CLOSED})
#: Statuses beside these are the account's own and known by their name; every new
#: account has these two. Others are decided in Odoo. [S ticket_fields; M names]
OWN_STATUSES = {
    "waiting on customer": "pending",
    "waiting on third party": "on_hold",
}
#: What is sent; nothing at Freshdesk is called new.
SENT_STATUSES = {
    "new": OPEN,
    "open": OPEN,
    "pending": PENDING,
    "solved": RESOLVED,
    "closed": CLOSED,
}
#: [S tickets]
PRIORITIES = {1: "low", 2: "normal", 3: "high", 4: "urgent"}
#: Types that every account begins with; what an account has added is no kind of ours.
#: [S tickets]
KINDS = {
    "question": "question",
    "incident": "incident",
    "problem": "problem",
    "feature request": "task",
}
#: [S tickets: 1, 2, 3, 7, 9, 10; 3P for the rest: lists of ``source`` that clients
#: keep]
CHANNELS = {
    1: "email",
    2: "portal",
    3: "phone",
    4: "forum",
    5: "twitter",
    6: "facebook",
    7: "chat",
    9: "feedback_widget",
    10: "outbound_email",
    11: "ecommerce",
    12: "bot",
    13: "whatsapp",
    15: "web_chat",
}


def path(*parts):
    """Path of a resource, relative to the base address; ids are quoted."""
    return "/".join([BASE, *(urllib.parse.quote(str(part), safe="") for part in parts)])
