from . import connector_test_step
