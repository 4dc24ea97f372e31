from . import billing_document
from . import billing_document_lines
from . import billing_document_book
from . import billing_invoice
from . import billing_credit_note
