-- The rows of one kind.
SELECT id, body FROM mirror_row WHERE kind = ?1 ORDER BY id
