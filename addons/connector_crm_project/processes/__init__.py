from . import closed_won
