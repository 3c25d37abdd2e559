-- How many ops could not be applied.
SELECT count(*) FROM quarantine
