-- What a phone was told last of a row; NULL = that it is gone.
SELECT body FROM change WHERE device = ?1 AND kind = ?2 AND id = ?3 ORDER BY seq DESC LIMIT 1
