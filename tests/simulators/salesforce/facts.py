"""What is known of the Salesforce REST and Bulk APIs, as data, each with its source.

Marks: [S] vendor page or vendor spec, [SDK] official SDK source, [3P] observed by third
parties, [M] from memory: likely, not certain. Vendor pages are below
developer.salesforce.com/docs/platform, named by their last part: `errorcodes` is
api-rest/guide/errorcodes.
"""

#: Versions served: 31.0 (Summer '14) to 67.0 (Summer '26). Those before are retired
#: and answer 410, what never was answers 404. [3P PipedreamHQ/pipedream
#: issue 3134 for 410, Salesforce-Inspector-reloaded issue 744 for 404]
OLDEST_VERSION = 31
NEWEST_VERSION = 67
SEASONS = ("Winter", "Spring", "Summer")

#: Key prefixes of standard objects. [M; help.salesforce.com "Standard Field Record ID
#: Prefix Decoder"]; custom objects get a00, a01, ... in the order of their making.
PREFIXES = {
    "Account": "001",
    "Contact": "003",
    "Lead": "00Q",
    "Opportunity": "006",
    "OpportunityLineItem": "00k",
    "OpportunityStage": "01J",
    "Product2": "01t",
    "Pricebook2": "01s",
    "PricebookEntry": "01u",
    "Quote": "0Q0",
    "QuoteLineItem": "0QL",
    "Contract": "800",
    "Order": "801",
    "OrderItem": "802",
    "User": "005",
    "RecordType": "012",
    "CurrencyType": "01L",
    "Organization": "00D",
}
BULK_PREFIX = "750"
CURSOR_PREFIX = "01g"
OUTBOUND_ACTION_PREFIX = "04k"
OUTBOUND_NOTIFICATION_PREFIX = "04l"

#: Rows a page of a query: 2,000 unless Sforce-Query-Options says 200 to 2,000.
#: [S headers-queryoptions] With two or more long custom texts 200 at most.
#: [S soql_changing_batch_size]
QUERY_PAGE = 2_000
QUERY_PAGE_MINIMUM = 200
#: A cursor lives for two days. [S help.salesforce.com 000384958; that a user has ten
#: at most, of an older page, is not held]
CURSOR_SECONDS = 2 * 24 * 3600
#: OFFSET beyond it is NUMBER_OUTSIDE_VALID_RANGE. [S soql_select_offset]
OFFSET_LIMIT = 2_000
SOQL_LENGTH = 100_000  # [M]
#: The longest text in a condition. [S soql_select_conditionexpression; M for the error]
SOQL_TEXT = 4_000
URL_LIMIT = 16_384  # bytes, 414 beyond [S errorcodes]

#: Since this version an upsert answers 200 with `created` to an update, not 204.
UPSERT_TELLS = 46
COLLECTION_LIMIT = 200  # [S resources-composite-sobjects-collections]
COLLECTION_READ = 2_000  # ids of a retrieve with POST [M]
COMPOSITE_LIMIT = 25  # [S resources_composite_composite]
COMPOSITE_QUERIES = 5  # queries and collections among them [S the same]
#: Graphs and nodes of a request, nodes of different kinds (version, object, method),
#: failures after which the rest is halted. [S resources-composite-graph-limits]
GRAPHS = 75
GRAPH_NODES = 500
GRAPH_KINDS = 15
GRAPH_FAILURES = 14

#: getDeleted: 15 days back; getUpdated: 30; 600,000 ids each.
#: [S resources-getdeleted, resources-getupdated]
DELETED_DAYS = 15
UPDATED_DAYS = 30
REPLICATION_IDS = 600_000
#: Fields longer than that can be neither filtered nor sorted by.
#: [S soql_select_fieldexpression: no long text area]
FILTERABLE_LENGTH = 255

#: Requests a rolling day of an Enterprise org with a handful of licences; the header
#: is on every reply but the list of versions. [3P api-evangelist, citing the limits
#: cheat sheet] Developer Edition: 15,000.
DAILY_LIMIT = 100_000
LIMIT_HEADER = "Sforce-Limit-Info"

#: Seconds a session lives without a request: two hours by default. [M]
SESSION_SECONDS = 7_200
#: The longest life of a JWT assertion that is accepted. [M; SDKs give 3 minutes]
ASSERTION_SECONDS = 300

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
#: Flows of an external client app. [S help.salesforce.com, "OAuth Authorization Flows"]
GRANTS = frozenset(
    {"client_credentials", JWT_GRANT, "authorization_code", "refresh_token"}
)
#: A code is good for 15 minutes. [S remoteaccess_oauth_web_server_flow]
CODE_SECONDS = 900
#: Of the one app. [S remoteaccess_oauth_tokens_scopes]
APP_SCOPES = frozenset({"api", "refresh_token", "offline_access", "id"})

#: Bulk 2.0 [S api-asynch/guide: create_job, get_job_info, query_create_job,
#: query_get_job_results; datafiles_prepare_csv: 100 MB before, 150 MB after encoding].
BULK_UPLOAD = 150_000_000
BULK_PAGE = 50_000  # rows when maxRecords is left out [M: "a default value"]
BULK_STATES = ("Open", "UploadComplete", "InProgress", "JobComplete")
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
DELIMITERS = {
    "COMMA": ",",
    "SEMICOLON": ";",
    "TAB": "\t",
    "PIPE": "|",
    "CARET": "^",
    "BACKQUOTE": "`",
}
#: The literal on the last page. [SDK simple-salesforce bulk2]
LAST_LOCATOR = "null"

#: Outbound messages [S sforce_api_om_outboundmessaging_notifications, _wsdl]: up to 100
#: notifications a message, tries until 24 hours are over, in any order.
NOTIFICATIONS = 100

#: Opportunity stages of a new org: name, probability, closed, won, forecast category.
#: [M; the same in every Developer Edition org]
STAGES = (
    ("Prospecting", 10, False, False, "Pipeline"),
    ("Qualification", 10, False, False, "Pipeline"),
    ("Needs Analysis", 20, False, False, "Pipeline"),
    ("Value Proposition", 50, False, False, "Pipeline"),
    ("Id. Decision Makers", 60, False, False, "Pipeline"),
    ("Perception Analysis", 70, False, False, "Pipeline"),
    ("Proposal/Price Quote", 75, False, False, "Pipeline"),
    ("Negotiation/Review", 90, False, False, "Pipeline"),
    ("Closed Won", 100, True, True, "Closed"),
    ("Closed Lost", 0, True, False, "Omitted"),
)

#: Currencies of a multi-currency org, rates to the corporate one.
CURRENCIES = {
    "EUR": 1.0,
    "USD": 1.08,
    "GBP": 0.85,
    "JPY": 163.0,
    "CHF": 0.94,
    "PLN": 4.3,
    "SEK": 11.4,
    "BRL": 6.1,
    "INR": 91.0,
}

#: The organization, as `SELECT ... FROM Organization` tells it.
ORGANIZATION = {
    "Name": "Northwind Sales",
    "OrganizationType": "Enterprise Edition",
    "InstanceName": "DEU42",
    "IsSandbox": True,
    "DefaultLocaleSidKey": "de_DE",
    "TimeZoneSidKey": "Europe/Berlin",
    "LanguageLocaleKey": "en_US",
    "Country": "DE",
}

#: What is deleted with a record, as {parent: {child: its field}}.
#: [M]
CASCADE = {
    "Account": {"Contact": "AccountId", "Opportunity": "AccountId"},
    "Opportunity": {"OpportunityLineItem": "OpportunityId", "Quote": "OpportunityId"},
    "Quote": {"QuoteLineItem": "QuoteId"},
    "Order": {"OrderItem": "OrderId"},
    "Product2": {"PricebookEntry": "Product2Id"},
    "Pricebook2": {"PricebookEntry": "Pricebook2Id"},
}

#: Objects whose records can be merged. [M]
MERGEABLE = frozenset({"Account", "Contact", "Lead"})

#: The limits that `/limits` lists besides DailyApiRequests: name, most. [M]
LIMITS = {
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DataStorageMB": 11_000,
}

TEXT_SESSION = "Session expired or invalid"
TEXT_LIMIT = "TotalRequests Limit exceeded."
#: [3P]
TEXT_LOCKED = "unable to obtain exclusive access to this record or 1 records: {id}"
TEXT_READONLY = (
    "Unable to create/update fields: {names}. Please check the security settings of "
    "this field and verify that it is read/write for your profile or permission set."
)
TEXT_ROLLED_BACK = (
    "Record rolled back because not all records were valid and the request was using "
    "AllOrNone header"
)
TEXT_DUPLICATE = "Use one of these records?"  # [3P, the standard rules' text]
