"""A vendor-neutral billing engine, which the simulators of vendors render.

Plain Python, deterministic: the same seed and the same calls make the same account.
"""
