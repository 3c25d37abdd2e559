-- A row that went.
DELETE FROM mirror_row WHERE kind = ?1 AND id = ?2
