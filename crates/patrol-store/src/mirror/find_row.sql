-- One row.
SELECT body FROM mirror_row WHERE kind = ?1 AND id = ?2
