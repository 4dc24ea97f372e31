from . import test_billing_crm
