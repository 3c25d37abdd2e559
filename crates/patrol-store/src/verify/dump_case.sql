-- All cases.
SELECT * FROM view_case ORDER BY place_order
