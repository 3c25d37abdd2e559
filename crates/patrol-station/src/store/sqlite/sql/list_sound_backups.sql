-- Backups that were found sound the last time that anybody looked.
SELECT backup FROM backup WHERE verified_ms IS NOT NULL
