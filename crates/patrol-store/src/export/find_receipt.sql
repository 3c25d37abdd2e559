-- The newest receipt of a journal, as received.
SELECT receipt FROM sync_log WHERE log = ?1
