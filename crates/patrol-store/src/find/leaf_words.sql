-- Cases that fit a pattern of pairs and pass the filters, newest first.
SELECT v.place_order
FROM view_search AS f
CROSS JOIN view_case AS v INDEXED BY view_case_in_order ON v.place_order = f.rowid
WHERE f.grams MATCH :pattern AND f.rowid < :before
