"""Which orgs of Salesforce are production, and which are there to try things in.

Sources: host names, https://help.salesforce.com/s/articleView?id=xcloud.domain_name_move.htm
[S] for production and sandboxes, metadata API, MyDomainSettings.domainPartition [S] for
the other partitions; ``Organization`` in the object reference [M]. Marks as in
``endpoints.py``.
"""

import urllib.parse

from odoo.addons.connector_base.engine.records import PRODUCTION, SANDBOX

#: End of the host -> what is behind it. A production org without a
#: partition in its name, and login.salesforce.com, may be a Developer Edition as well:
#: that the organization tells.
HOSTS = (
    (".sandbox.my.salesforce.com", SANDBOX),
    (".scratch.my.salesforce.com", SANDBOX),
    (".develop.my.salesforce.com", SANDBOX),
    (".demo.my.salesforce.com", SANDBOX),
    (".trailblaze.my.salesforce.com", SANDBOX),
    (".test.salesforce.com", SANDBOX),
)
#: Between the name of an org and that of its sandbox, also in hosts from before there
#: was a partition in them [M].
SANDBOX_MARK = "--"
#: ``OrganizationType`` of orgs that are for developing, though they are no sandboxes:
#: nobody's books are in them, and somebody may still call one his production.
EITHER = frozenset({"Developer Edition"})
#: What of ``Organization`` tells it.
FIELDS = ("IsSandbox", "OrganizationType")


def of_address(address):
    """What an API address tells: ``SANDBOX``, or ``None``."""
    host = "." + (urllib.parse.urlsplit(address or "").hostname or "")
    if SANDBOX_MARK in host.partition(".salesforce.com")[0].rpartition(".my")[0]:
        return SANDBOX
    return next((told for end, told in HOSTS if host.endswith(end)), None)


def of_organization(organization):
    """What ``Organization`` tells: ``PRODUCTION``, ``SANDBOX`` or ``None``."""
    if organization.get("IsSandbox") is None:
        return None
    if organization["IsSandbox"]:
        return SANDBOX
    return None if organization.get("OrganizationType") in EITHER else PRODUCTION
