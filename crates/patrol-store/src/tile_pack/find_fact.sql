-- One fact about the pack.
SELECT value FROM metadata WHERE name = :name
