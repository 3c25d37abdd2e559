-- Newest first, as the pairs lie: nothing is put in order.
ORDER BY f.rowid DESC
LIMIT :limit OFFSET :skip
