"""A vendor in memory where people sign in, and a connection to it."""

import datetime
from unittest.mock import patch

from odoo.tests import new_test_user

from ..engine import oauth
from ..engine.records import AccountInfo, CredentialSpec
from ..engine.tokens import Token
from .common import ConnectorCase

SECRETS = {"app_id": "app-4711", "app_secret": "secret-of-the-app-9c1e"}
CODE, REFRESH = "code-of-the-vendor-51fd", "refresh-of-the-vendor-77ab"
ACCESS = "access-of-the-vendor-0d3c"


class Vendor:
    """What the vendor of these tests answers, and what it was asked."""

    def __init__(self):
        self.codes = []
        self.ended = []
        self.error = None
        self.scopes = ("read", "write")
        self.secrets = {"refresh": REFRESH}
        self.account = AccountInfo(account_id="4711", name="Fake Account")

    def spec(self, connection):
        writes = any(connection._oauth_uses().values())
        return oauth.OAuthSpec(
            "https://fake.example/authorize",
            ("read", "write") if writes else ("read",),
            self.exchange,
            self.revoke,
            *SECRETS,
            "refresh",
        )

    def exchange(self, secrets, code):
        self.codes.append((secrets, code))
        if self.error:
            raise self.error
        ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
        return oauth.Grant(Token(ACCESS, ends, self.secrets), self.scopes)

    def revoke(self, secrets, client):
        self.ended.append(secrets["refresh"])


class SignInCase(ConnectorCase):
    """The vendor in memory, with an app that people sign in at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        provider = cls.registry["connector.provider.fake"]
        specs = [CredentialSpec(key, key) for key in ("api_key", *SECRETS, "refresh")]
        cls.side = Vendor()
        for name, answer in {
            "_credential_specs": lambda self: tuple(specs),
            "_oauth_spec": lambda self, connection: cls.side.spec(connection),
            "_oauth_client": lambda self, connection, tokens: tokens.current,
            "_account_info": lambda self, client: cls.side.account,
        }.items():
            cls.startClassPatcher(patch.object(provider, name, answer))
        cls.connection._create_credentials()
        for key, secret in SECRETS.items():
            cls.credential(key).secret = secret
        cls.admin = new_test_user(
            cls.env, "signer", groups="connector_base.group_administrator"
        )

    def setUp(self):
        super().setUp()
        self.side.__init__()

    @classmethod
    def credential(cls, key):
        return cls.connection.credential_ids.filtered(lambda c: c.key == key)

    def begun(self):
        return self.env["connector.oauth.request"].search([])
