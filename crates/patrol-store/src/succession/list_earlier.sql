-- Journals before the one in use that the station has signed for.
SELECT l.log, l.acked_seq, l.acked_hash, l.epoch
FROM sync_log AS l JOIN journal_log AS j ON j.log = l.log
WHERE j.ordinal < (SELECT max(ordinal) FROM journal_log)
ORDER BY j.ordinal
