from . import terms
from . import customer
from . import customer_match
from . import price
from . import coupon
from . import subscription
from . import unbilled
from . import usage
