"""Workers that die and a vendor that fails at any moment: what is left of it.

``run.chaos`` changes records on both sides while processes are killed with SIGKILL and
the simulated vendor fails, and then compares both sides with what must be there. Its
short form is a test, its long form ``./dev chaos``.
"""
