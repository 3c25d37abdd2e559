-- Up to where a journal is whole in a backup.
INSERT INTO backup_log (log, backup, seq) VALUES (?1, ?2, ?3)
