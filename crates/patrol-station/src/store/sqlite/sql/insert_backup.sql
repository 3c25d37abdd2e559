-- A backup was made, or another one than this database knows was verified.
INSERT INTO backup (backup, epoch, made_ms, verified_ms) VALUES (?1, ?2, ?3, NULL)
ON CONFLICT (backup) DO NOTHING
