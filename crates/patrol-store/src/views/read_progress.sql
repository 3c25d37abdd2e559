-- How far the views have been made again.
SELECT version, ordinal, seq, is_done FROM view_progress WHERE one = 1
