-- A copied database never calls production: nothing is connected, no secret is left,
-- no job waits.
UPDATE connector_connection
   SET state = 'draft', environment = 'sandbox', blocked_until = NULL
 WHERE state <> 'draft' OR environment <> 'sandbox';
UPDATE connector_credential SET token = NULL, hint = NULL;
UPDATE connector_job
   SET state = 'cancelled', finished_at = now() AT TIME ZONE 'UTC'
 WHERE state IN ('waiting', 'pending', 'started');
