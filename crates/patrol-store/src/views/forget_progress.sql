-- The next step begins at the beginning.
UPDATE view_progress SET version = 0, ordinal = 0, seq = 0, is_done = 0 WHERE one = 1
