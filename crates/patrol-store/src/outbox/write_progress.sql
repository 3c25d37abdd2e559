-- A verified receipt.
INSERT INTO sync_log (log, acked_seq, acked_hash, epoch, safe_seq, station_ms, beacon, receipt)
VALUES (:log, :acked_seq, :acked_hash, :epoch, :safe_seq, :station_ms, :beacon, :receipt)
ON CONFLICT (log) DO UPDATE SET
  acked_seq = excluded.acked_seq, acked_hash = excluded.acked_hash, epoch = excluded.epoch,
  safe_seq = excluded.safe_seq, station_ms = excluded.station_ms, beacon = excluded.beacon,
  receipt = excluded.receipt
