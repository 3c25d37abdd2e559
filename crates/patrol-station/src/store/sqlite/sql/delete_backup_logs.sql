-- What was said of a backup's journals.
DELETE FROM backup_log WHERE backup = ?1
