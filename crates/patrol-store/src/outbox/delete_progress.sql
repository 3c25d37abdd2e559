-- The station was restored to an earlier state: everything waits again.
DELETE FROM sync_log WHERE log = ?1
