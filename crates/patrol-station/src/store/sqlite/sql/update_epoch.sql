-- A new life of this database begins.
UPDATE station SET epoch = ?1 WHERE one = 1
