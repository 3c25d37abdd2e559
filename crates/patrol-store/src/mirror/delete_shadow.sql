-- A row that went, while everything is read anew.
DELETE FROM mirror_shadow WHERE kind = ?1 AND id = ?2
