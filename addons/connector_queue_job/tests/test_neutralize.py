from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common import RunnerCase


@tagged("post_install", "-at_install")
class TestNeutralizeQueueJob(RunnerCase):
    """queue_job's runner would run what waits, also where scheduled actions are off."""

    def test_no_turn_of_a_lane_waits_in_a_copy(self):
        self.enqueue(lane="bulk")
        self.commit()
        self.assertTrue(self.turns())
        self.env.flush_all()
        for query in get_neutralization_queries(["connector_queue_job"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(self.turns())
