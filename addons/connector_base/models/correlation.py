"""The id of the trail that what happens now belongs to."""

import uuid

from ..engine.trail import CORRELATION


def correlation_of(env):
    """The trail of the job that runs; else one for all that this transaction does."""
    found = env.context.get(CORRELATION)
    if found:
        return found
    # Gone with the transaction, unlike what the cursor keeps.
    known = env.cr.postcommit.data
    if CORRELATION not in known:
        known[CORRELATION] = uuid.uuid4().hex
    return known[CORRELATION]
