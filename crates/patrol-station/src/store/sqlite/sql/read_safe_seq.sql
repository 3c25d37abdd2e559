-- Up to where a journal is in a verified backup of the present history.
SELECT coalesce(max(l.seq), 0)
FROM backup_log AS l
JOIN backup AS b ON b.backup = l.backup
WHERE l.log = ?1 AND b.verified_ms IS NOT NULL AND b.epoch = (SELECT epoch FROM station WHERE one = 1)
