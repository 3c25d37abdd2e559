-- Every case, newest first: what is leafed past is not looked at.
SELECT v.place_order
FROM view_case AS v INDEXED BY view_case_in_order
WHERE v.place_order < :before
ORDER BY v.place_order DESC
LIMIT :limit OFFSET :skip
