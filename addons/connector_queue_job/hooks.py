def uninstall_hook(env):
    """Give all lanes back to their scheduled actions, and wake those."""
    lanes = env["connector.lane"].search([("runner", "=", "queue_job")])
    lanes.runner = "cron"
    env["connector.lane"]._drop_turns()
    # What is to be done before the commit, as long as our column is there.
    env.cr.flush()
