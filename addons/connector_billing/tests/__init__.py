from . import test_policy
from . import test_reconcile
from . import test_invoice
from . import test_invoice_held
from . import test_credit_note
from . import test_posting
from . import test_correction
