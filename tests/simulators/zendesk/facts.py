"""What is known of the Zendesk Support API, as data, each fact with its source.

Marks: [S] vendor page, [3P] observed by third parties, [M] from memory: likely, not
certain. Vendor pages are below developer.zendesk.com and named by their last part:
`incremental_exports` is api-reference/ticketing/ticket-management/incremental_exports,
`using` documentation/ticketing/managing-tickets/using-the-incremental-export-api,
`rate-limits` api-reference/introduction/rate-limits.
"""

#: Requests a minute by plan. [S rate-limits; 3P eesel.ai for the numbers]
PLANS = {
    "team": 200,
    "growth": 400,
    "professional": 400,
    "enterprise": 700,
    "enterprise_plus": 2_500,
}
#: Incremental exports: 10 a minute, one limit for all of them; 30 with the High Volume
#: add-on. [S incremental_exports, rate-limits]
EXPORTS_A_MINUTE = 10
EXPORTS_A_MINUTE_HIGH = 30
#: Update Ticket: 100 a minute for the account, and of one ticket by one user 30 in ten
#: minutes. [S rate-limits, support.zendesk.com 8638126078234]
TICKET_UPDATES_A_MINUTE = 100
SAME_TICKET_UPDATES = 30
SAME_TICKET_SECONDS = 600
#: Update Organization, one at a time. [S support.zendesk.com 4422518967706, 2022]
ORGANIZATION_UPDATES_A_MINUTE = 5
#: Jobs that may be queued or working at once; 429 beyond. [S rate-limits, "Job limit"]
JOB_LIMIT = 30
#: Jobs end to be known after an hour. [S job_statuses, quoted in a community post]
JOB_SECONDS = 3_600
#: Keys of created tickets are known for two hours. [S tickets, "Idempotency"]
IDEMPOTENCY_SECONDS = 7_200
#: Rows of a bulk request and ids of a show_many. [S tickets, users, organizations;
#: the refusal from a recorded answer]
BULK = 100

#: Rows of a page: of lists, of cursor exports, of time-based ones. [S using; M lists]
PAGE = 100
EXPORT_PAGE = 1_000
#: Offset paging ends here, 400 beyond. [S rate-limits "Offset pagination limits"]
OFFSET_LIMIT = 10_000
#: Results that a search shows at most. [S search; M for the 422]
SEARCH_LIMIT = 1_000
#: What changed in the last minute is left out of exports, and a start time within it
#: is refused: StartTimeTooRecent. [S using; 3P airbyte changelog 23246, dust]
EXPORT_LAG = 60

#: Seconds that tokens live, and the bounds of what may be asked for.
#: [S grant_type_tokens; M for the numbers]
TOKEN_SECONDS = 172_800
TOKEN_BOUNDS = (300, 172_800)
REFRESH_SECONDS = 7_776_000
REFRESH_BOUNDS = (604_800, 7_776_000)
CODE_SECONDS = 120
#: Scopes that are not of one resource. [S grant_type_tokens]
BROAD_SCOPES = frozenset({"read", "write", "impersonate"})

#: Objects of scopes where they are not the resource itself; `read` and `write` cover
#: them all. [S oauth tokens, "Scopes"; 3P `groups:read`, quoted from a 403]
SCOPE_OBJECTS = {
    "deleted_tickets": "tickets",
    "ticket_metrics": "tickets",
    "ticket_metric_events": "tickets",
}

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")  # [S tickets]
PRIORITIES = ("low", "normal", "high", "urgent")  # [S tickets]
TYPES = ("question", "incident", "problem", "task")  # [S tickets]
ROLES = ("end-user", "agent", "admin")  # [S users]
CHANNELS = ("web", "email", "api", "chat", "voice", "native_messaging")  # [S via]
SCORES = ("unoffered", "offered", "good", "bad")  # [S tickets satisfaction_rating]

#: Types of custom fields by owner. [S ticket_fields, user_fields, organization_fields]
FIELD_TYPES = {
    "ticket": frozenset(
        "text textarea checkbox date integer decimal regexp tagger multiselect".split()
    ),
    "user": frozenset(
        "text textarea checkbox date integer decimal regexp dropdown".split()
    ),
}
FIELD_TYPES["organization"] = FIELD_TYPES["user"]
OPTIONED = frozenset({"tagger", "multiselect", "dropdown"})
#: Fields of tickets that every account has. [S ticket_fields]
SYSTEM_FIELDS = (
    ("subject", "Subject"),
    ("description", "Description"),
    ("status", "Status"),
    ("tickettype", "Type"),
    ("priority", "Priority"),
    ("group", "Group"),
    ("assignee", "Assignee"),
)

#: What `include` may ask for; the rest is passed over. [S side_loading]
SIDE_LOADS = {
    "tickets": frozenset(
        "users groups organizations metric_sets slas comment_count".split()
    ),
    "users": frozenset("organizations groups identities".split()),
    "organizations": frozenset(),
}

#: Texts of refusals. [3P as public clients match them: 401 with a token, missing
#: scopes, conflict; M for the rest; S introduction/requests for the shapes]
TEXT_401 = "Couldn't authenticate you"
TEXT_TOKEN = (
    "The access token provided is expired, revoked, malformed or invalid for other"
    " reasons."
)
TEXT_403 = (
    "You do not have access to this page. Please contact the account owner of this"
    " help desk for further help."
)
TEXT_SCOPE = "You are missing the following required scopes: {scope}"
TEXT_429 = "Number of allowed API requests per minute exceeded"
TEXT_JOBS = "Too many jobs are currently queued or running. Try again later."
TEXT_TOO_RECENT = (
    "Too recent start_time. Use a start_time older than 60 seconds from now."
)
TEXT_CONFLICT = "Safe Update prevented the update due to outdated ticket data."
TEXT_CLOSED = "Status: closed prevents ticket update"
TEXT_SIZE = "Parameter {name} cannot specify more than 100 values"

#: Versions of events by subject. [S webhook-event-types; prismatic.io for tickets]
EVENT_VERSIONS = {
    "ticket": "2022-11-06",
    "user": "2022-06-20",
    "organization": "2022-06-20",
}
#: Tries of a delivery: the first one and 3 more after an answer that counts as passing,
#: 12 seconds each. [S creating and monitoring webhooks; M for the number]
WEBHOOK_TRIES = 4
WEBHOOK_RETRIED = frozenset({0, 409, 429, 503})

ACCOUNT = {"id": 12_514_403, "subdomain": "northwind", "timezone": "UTC"}
