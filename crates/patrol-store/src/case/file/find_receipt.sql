-- The newest receipt of a journal, if it covers a position.
SELECT station_ms FROM sync_log WHERE log = ?1 AND acked_seq >= ?2
