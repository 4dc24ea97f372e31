from . import closed_won
from . import closed_won_order
from . import closed_won_agreement
from . import closed_won_amendment
from . import closed_won_invoices
