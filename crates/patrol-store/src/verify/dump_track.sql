-- All pieces of ways.
SELECT * FROM view_track ORDER BY op_id
