-- How large the last photos were, in bytes.
SELECT avg(bytes) FROM (SELECT bytes FROM photo ORDER BY rowid DESC LIMIT 50)
