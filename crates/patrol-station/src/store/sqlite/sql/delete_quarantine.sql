-- An op is applied after all.
DELETE FROM quarantine WHERE log = ?1 AND seq = ?2
