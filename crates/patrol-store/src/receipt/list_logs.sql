-- The newest receipt of each journal, before a mark.
SELECT acked_hash, station_ms, receipt, acked_seq FROM sync_log
WHERE (station_ms, acked_hash) < (?1, ?2)
