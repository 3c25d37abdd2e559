-- Cases that pass the filters, newest first. The index alone says which they are.
SELECT v.place_order
FROM view_case AS v INDEXED BY view_case_in_order
WHERE v.place_order < :before
