-- So many more ops were read again, up to this one.
UPDATE view_replay SET after = ?1, ops = ops + ?2 WHERE one = 1
