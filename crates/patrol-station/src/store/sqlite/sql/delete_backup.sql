-- A backup is cleared away.
DELETE FROM backup WHERE backup = ?1
