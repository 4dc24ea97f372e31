"""Keys of the context by which what happens is known to belong together."""

#: The correlation id: of what a job does, and of what a transaction knows of itself.
CORRELATION = "connector_correlation"
#: The number of the job that runs.
JOB = "connector_job"
