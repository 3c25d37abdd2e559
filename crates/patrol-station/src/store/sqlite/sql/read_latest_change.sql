-- What a phone was told last of a row; NULL = that it is gone. Without the hint SQLite walks the phone's changes backwards.
SELECT body FROM change INDEXED BY change_of_row
WHERE device = ?1 AND kind = ?2 AND id = ?3
ORDER BY seq DESC
LIMIT 1
