-- queue_job's runner doesn't ask whether scheduled actions are on: no turn of a lane
-- waits for it. Lanes that shall run ask for new ones.
DELETE FROM queue_job
 WHERE model_name = 'connector.lane' AND method_name = '_take_turn'
   AND state IN ('wait_dependencies', 'pending', 'enqueued');
