-- Cases that fit a pattern of pairs, newest first: what is leafed past is not looked at.
SELECT f.rowid AS place_order
FROM view_search AS f
WHERE f.grams MATCH :pattern AND f.rowid < :before
ORDER BY f.rowid DESC
LIMIT :limit OFFSET :skip
