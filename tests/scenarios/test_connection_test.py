"""The test button says in words what is wrong."""

from .hubspot_case import HubSpotCase


class TestConnectionTest(HubSpotCase):
    def tested(self):
        return self.connection.action_test()["params"]

    def test_all_is_well(self):
        params = self.tested()
        self.assertEqual(params["type"], "success")
        self.assertIn(str(self.hubspot.account["portalId"]), params["message"])
        self.assertEqual(self.connection.state, "draft", "testing connects nothing")

    def test_no_token_yet(self):
        self.connection.unlink()
        self.connection = self.env["connector.connection"].create(
            {"name": "H", "provider": "hubspot", "base_url": self.hubspot.url}
        )
        params = self.tested()
        self.assertEqual(params["type"], "danger")
        self.assertIn("Access Token", params["message"])

    def test_wrong_token(self):
        self.connection.credential_ids.secret = "some-other-token-0123456789"
        params = self.tested()
        self.assertIn("doesn't accept the access token", params["message"])
        self.assertNotIn("0123456789", str(params))

    def test_missing_scope(self):
        self.hubspot.set_tokens(
            {self.hubspot.token: ["crm.objects.companies.read", "oauth"]}
        )
        params = self.tested()
        self.assertEqual(params["type"], "danger")
        self.assertIn("crm.objects.contacts.read", params["message"])
        self.assertNotIn("crm.objects.companies.read", params["message"])

    def test_nothing_answers(self):
        self.hubspot.stop()
        self.assertIn("can't be reached", self.tested()["message"])

    def test_the_address_is_no_api(self):
        self.hubspot.faults.add("html", times=None)
        self.assertIn("web page", self.tested()["message"])

    def test_the_address_lacks_what_we_ask_for(self):
        self.connection.base_url = f"{self.hubspot.url}/elsewhere"
        self.assertIn("address or version", self.tested()["message"])

    def test_it_breaks_off(self):
        self.hubspot.faults.add("drop", times=None)
        self.assertIn("HubSpot", self.tested()["message"])
