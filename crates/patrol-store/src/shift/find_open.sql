-- Shifts that began and did not end, newest first.
SELECT shift, author, grids, started_ms, ended_ms, tz FROM view_shift
WHERE started IS NOT NULL AND ended IS NULL
ORDER BY started DESC
