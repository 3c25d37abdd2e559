-- What was signed for is kept, to be shown.
INSERT INTO sync_setback (log, seq, epoch, receipt)
SELECT log, acked_seq, epoch, receipt FROM sync_log WHERE log = ?1
ON CONFLICT (log) DO UPDATE SET seq = excluded.seq, epoch = excluded.epoch, receipt = excluded.receipt
