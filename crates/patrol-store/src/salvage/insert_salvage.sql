-- Nothing is added to this journal any more.
INSERT OR IGNORE INTO journal_salvage (log) VALUES (?1)
