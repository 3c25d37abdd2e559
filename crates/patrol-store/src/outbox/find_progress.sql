-- Up to where the station has signed for a journal.
SELECT acked_seq, acked_hash, epoch, station_ms, beacon FROM sync_log WHERE log = ?1
