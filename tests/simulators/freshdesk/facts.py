"""What is known of the Freshdesk API v2, as data, with its sources.

Marks: [S] vendor page (developers.freshdesk.com/api, named by its section, or an
article of support.freshdesk.com), [SDK] developers.freshworks.com/freshdesk-sdk, [3P]
observed by third parties, [M] from memory: likely, not certain.

Not held: attachments (bodies are JSON only), time entries, forums, solutions, ticket
forms, contact imports and exports, merging of tickets, and what an agent with a narrow
scope may not see.
"""

PREFIX = "/api/v2"
#: In every answer. [3P: clients that read it, RapidAPI FreshdeskAPI package]
VERSION_HEADER = ("X-Freshdesk-API-Version", "latest=v2; requested=v2")

#: Records in a page. [S pagination]
PER_PAGE = 30
PER_PAGE_LIMIT = 100
#: Pages of the list of tickets, and what the next is answered with. [S
#: list_all_tickets; text: airbytehq/airbyte issue 3858]
TICKET_PAGES = 300
TEXT_PAGES = (
    "You cannot access tickets beyond the 300th page. "
    "Please provide a smaller page number."
)
#: Days that the list of tickets goes back without `updated_since`: those created since.
#: [S list_all_tickets; airbytehq/airbyte issue 6133]
TICKET_DAYS = 30

#: Search. [S filter_tickets: 30 a page, 10 pages, 512 characters; "a few minutes" until
#: it sees a change]
SEARCH_PER_PAGE = 30
SEARCH_PAGES = 10
SEARCH_LENGTH = 512

#: Requests a minute by plan, and those of some endpoints within them. [S ratelimit as
#: quoted by rate-limits.apis.io/freshdesk, where `contact_list` is "Contacts"; M for
#: trial]
PLANS = {
    "trial": {"total": 50},
    "growth": {
        "total": 200,
        "ticket_create": 80,
        "ticket_update": 80,
        "ticket_list": 20,
        "contact_list": 20,
    },
    "pro": {
        "total": 400,
        "ticket_create": 160,
        "ticket_update": 160,
        "ticket_list": 100,
        "contact_list": 100,
    },
    "enterprise": {
        "total": 700,
        "ticket_create": 280,
        "ticket_update": 280,
        "ticket_list": 200,
        "contact_list": 200,
    },
}
RATE_SECONDS = 60
#: Endpoints that have a limit of their own. [S ratelimit]
LIMITED = {
    ("POST", "/api/v2/tickets"): "ticket_create",
    ("PUT", "/api/v2/tickets/{id}"): "ticket_update",
    ("GET", "/api/v2/tickets"): "ticket_list",
    ("GET", "/api/v2/contacts"): "contact_list",
}
#: Credits that each `include` costs besides the one of the request. [S
#: list_all_tickets: 2 each; view_a_ticket: 1 each]
LIST_INCLUDE_CREDITS = 2
VIEW_INCLUDE_CREDITS = 1
LIST_INCLUDES = ("requester", "stats", "company", "description")
VIEW_INCLUDES = ("conversations", "requester", "company", "stats", "sla_policy")

#: Texts of errors. "helpkit": public copies of Freshdesk's own code and tests. [401:
#: 3P, mocks of several clients; 405, 415, invalid_json: 3P helpkit; 403, 429: M]
TEXT_401 = "You have to be logged in to perform this action."
TEXT_403 = "You are not authorized to perform this action."
TEXT_405 = "{method} method is not allowed. It should be one of these method(s): {good}"
TEXT_415 = "Content-Type header should have application/json"
TEXT_429 = "You have exceeded the limit of requests per minute"
TEXT_JSON = "Request body has invalid json format"
#: [3P helpkit; M for missing_field and datatype_mismatch]
TEXT_UNKNOWN = "Unexpected/invalid field in request"
TEXT_MISSING = "It should be a/an {kind}"
TEXT_KIND = "Value set is of type {given}.It should be a/an {kind}"
TEXT_CHOICE = "It should be one of these values: '{values}'"
TEXT_UNIQUE = "It should be a unique value"
TEXT_ACTIVE = "Active field can only be set to true"
TEXT_COUNT = "Has {count} values, it can have maximum of {most} values"
TEXT_CONTACT = "Please fill at least 1 of email, mobile, phone, twitter_id fields."
TEXT_REQUESTER = (
    "Please fill at least 1 of requester_id, phone, email, twitter_id, facebook_id, "
    "unique_external_id fields."
)

#: [S tickets: status, priority, source; 6 and 7 are in every new account, and more can
#: be made; source 15 (web chat): chatwoot/chatwoot pull 15261]
STATUSES = {
    2: "Open",
    3: "Pending",
    4: "Resolved",
    5: "Closed",
    6: "Waiting on Customer",
    7: "Waiting on Third Party",
}
OPEN, PENDING, RESOLVED, CLOSED = 2, 3, 4, 5
PRIORITIES = {1: "Low", 2: "Medium", 3: "High", 4: "Urgent"}
SOURCES = {
    1: "Email",
    2: "Portal",
    3: "Phone",
    7: "Chat",
    9: "Feedback Widget",
    10: "Outbound Email",
    15: "Web Chat",
}
TYPES = ("Question", "Incident", "Problem", "Feature Request", "Refund")
#: Predefined filters of the list of tickets. [S list_all_tickets]
TICKET_FILTERS = ("new_and_my_open", "watching", "spam", "deleted")
TICKET_ORDERS = ("created_at", "due_by", "updated_at", "status")
#: Without a state the list of contacts leaves deleted and blocked ones out; it is
#: ordered by name, as companies are. It lacks what is in CONTACT_ONLY. [3P helpkit:
#: contacts controller test, index_contact_pattern; order of companies: M]
CONTACT_STATES = ("blocked", "deleted", "unverified", "verified")
CONTACT_ONLY = ("other_emails", "tags", "other_companies", "view_all_tickets", "avatar")
#: E-mail addresses of a contact, the main one included. [3P helpkit: MAX_USER_EMAILS]
EMAILS = 10
#: Values that only one of merged contacts may have, or the request says which. [3P
#: helpkit: merge controller test; their codes: M]
MERGE_ONE = ("phone", "mobile", "twitter_id", "unique_external_id")

#: Seconds to answer and to solve, by priority. [S sla_policies for the shape, M
#: numbers]
SLA = {
    4: (3_600, 28_800),
    3: (14_400, 86_400),
    2: (28_800, 259_200),
    1: (86_400, 432_000),
}

#: Values of a rating. [S satisfaction_ratings]
RATINGS = (103, 102, 101, 100, -101, -102, -103)

#: Tickets in one bulk request [S bulk_update_tickets; the number: 3P], and the seconds
#: its job takes [M].
BULK_LIMIT = 100
JOB_SECONDS = 5
#: [S jobs for the first as quoted by clients' documentation; M for the others]
JOB_IN_PROGRESS, JOB_DONE, JOB_FAILED = "IN PROGRESS", "COMPLETED", "FAILED"

#: Tries of a webhook: at once, after 5, 30 and 60 minutes. [S "Receiving webhook
#: failure emails"]
WEBHOOK_TRIES = 4

#: Types of custom fields. [S create_ticket_field, contact fields, company fields]
FIELD_TYPES = (
    "custom_text",
    "custom_paragraph",
    "custom_number",
    "custom_decimal",
    "custom_checkbox",
    "custom_dropdown",
    "custom_date",
    "custom_url",
    "custom_phone_number",
)
TEXT_LENGTH = 255
