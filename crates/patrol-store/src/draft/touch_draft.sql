-- A photo was added.
UPDATE draft SET saved_ms = ?1 WHERE one = 1
