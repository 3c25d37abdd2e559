-- Shifts, newest first; ?1 one of them, or NULL for all; ?2 how many.
SELECT shift, author, grids, started_ms, ended_ms, tz FROM view_shift
WHERE started IS NOT NULL AND (?1 IS NULL OR shift = ?1)
ORDER BY started DESC LIMIT ?2
