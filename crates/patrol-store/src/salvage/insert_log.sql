-- A journal of a damaged file.
INSERT OR IGNORE INTO journal_log (log, ordinal, author) VALUES (?1, ?2, ?3)
