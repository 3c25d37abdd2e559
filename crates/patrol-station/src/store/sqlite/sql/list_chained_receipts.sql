-- The receipts that were given for a journal, as far as it is exported.
SELECT seq, receipt FROM receipt WHERE log = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4
