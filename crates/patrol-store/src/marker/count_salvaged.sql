-- Whether a journal came out of a damaged file.
SELECT count(*) FROM journal_salvage WHERE log = ?1
