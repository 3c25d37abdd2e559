-- The views have been made again up to here.
UPDATE view_progress SET version = ?1, ordinal = ?2, seq = ?3, is_done = ?4 WHERE one = 1
