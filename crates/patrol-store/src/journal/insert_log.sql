-- Begins a journal; the newest one is in use.
INSERT INTO journal_log (log, ordinal, author)
VALUES (?1, (SELECT coalesce(max(ordinal), 0) + 1 FROM journal_log), ?2)
