-- One step was applied.
INSERT INTO schema_migration (number, fingerprint) VALUES (?1, ?2)
