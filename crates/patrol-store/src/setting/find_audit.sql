-- The last audit of a journal.
SELECT seq, is_equal, days, station_ms FROM sync_audit WHERE log = ?1
