-- Up to where the station has signed; of several states the furthest.
INSERT INTO sync_log (log, acked_seq, acked_hash, epoch, safe_seq, station_ms, beacon, receipt)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (log) DO UPDATE SET
  acked_seq = excluded.acked_seq, acked_hash = excluded.acked_hash, epoch = excluded.epoch,
  safe_seq = excluded.safe_seq, station_ms = excluded.station_ms, beacon = excluded.beacon, receipt = excluded.receipt
WHERE excluded.acked_seq > sync_log.acked_seq
