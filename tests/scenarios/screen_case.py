"""A browser test with a connected HubSpot account."""

from odoo.tests import HttpCase

from .hubspot_case import HubSpotCase


class ScreenCase(HttpCase, HubSpotCase):
    def run_jobs(self, ahead=0):
        # A browser test's registry is in test mode already.
        self.env.flush_all()
        if ahead:
            self.hurry(ahead)
        with self.registry.cursor() as cr:
            self._run_lanes(cr)
        self.env.invalidate_all()
