-- Whether the connection still reads its file.
SELECT count(*) FROM sqlite_schema
