-- The file's schema version; also the first read, which fails when the key is wrong.
SELECT user_version FROM pragma_user_version
