-- The camera's file was taken in, or there is none.
DELETE FROM shot WHERE name = ?1
