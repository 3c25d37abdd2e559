-- All shifts.
SELECT * FROM view_shift ORDER BY shift
