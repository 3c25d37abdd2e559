-- What is safe in each verified backup of the present history.
SELECT l.backup, l.log, l.seq
FROM backup_log AS l
JOIN backup AS b ON b.backup = l.backup
WHERE b.verified_ms IS NOT NULL AND b.epoch = (SELECT epoch FROM station WHERE one = 1)
