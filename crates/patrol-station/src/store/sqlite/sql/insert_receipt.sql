-- The receipt for a head, given out once and then for ever.
INSERT INTO receipt (log, seq, receipt) VALUES (?1, ?2, ?3)
