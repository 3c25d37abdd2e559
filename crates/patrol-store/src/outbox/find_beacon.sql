-- The value of the newest receipt.
SELECT beacon FROM sync_log WHERE log = ?1
