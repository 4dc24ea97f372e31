-- A copied database never calls production: nothing is connected, no secret is left,
-- no job, no event and no change waits, and no vendor's address leads here.
UPDATE connector_connection
   SET state = 'draft', environment = 'sandbox', blocked_until = NULL
 WHERE state <> 'draft' OR environment <> 'sandbox';
-- Armed nowhere: where its next secret is entered.
UPDATE connector_connection
   SET pin_uuid = NULL, pin_server = NULL, pin_database = NULL, pin_hosts = NULL,
       pinned_at = NULL, pinned_by_id = NULL
 WHERE pin_database IS NOT NULL;
UPDATE connector_connection
   SET webhook_token = NULL, webhook_token_digest = NULL
 WHERE webhook_token IS NOT NULL;
UPDATE connector_event
   SET state = 'ignored', note = 'Came in before this database was copied.',
       processed_at = now() AT TIME ZONE 'UTC'
 WHERE state = 'pending';
UPDATE connector_credential SET token = NULL, hint = NULL;
DELETE FROM connector_token;
UPDATE connector_job
   SET state = 'cancelled', finished_at = now() AT TIME ZONE 'UTC'
 WHERE state IN ('waiting', 'pending', 'started');
DELETE FROM connector_change;
UPDATE connector_flow SET swept_at = NULL WHERE swept_at IS NOT NULL;
-- Customers' data as it came; the copy's own runs bring it anew.
DELETE FROM connector_payload;
-- A copy signs nothing in production's name; what was signed stays known.
UPDATE connector_signing_key
   SET token = NULL, active = FALSE, retired_at = now() AT TIME ZONE 'UTC'
 WHERE token IS NOT NULL;
-- Whoever watches the original reads nothing here.
DELETE FROM ir_config_parameter WHERE key = 'connector_base.metrics_token_digest';
-- Nobody comes back to a copy from a vendor, and nobody is signed in by it.
DELETE FROM connector_oauth_request;
UPDATE connector_connection
   SET granted_scopes = NULL, told_scopes = NULL,
       signed_in_at = NULL, signed_in_by_id = NULL
 WHERE signed_in_at IS NOT NULL OR told_scopes IS NOT NULL;
-- Nobody gets a mail about the original's exceptions; who tests here may ask for one.
UPDATE res_users SET connector_digest = FALSE WHERE connector_digest;
-- What vendors sent, and whom somebody looked for, is the original's business.
UPDATE connector_event SET payload_token = NULL WHERE payload_token IS NOT NULL;
UPDATE connector_exception_item SET payload_token = NULL
 WHERE payload_token IS NOT NULL;
UPDATE connector_erasure SET subject_token = NULL, state = 'closed'
 WHERE subject_token IS NOT NULL;
