-- The journal in use.
SELECT log, author, ordinal FROM journal_log ORDER BY ordinal DESC LIMIT 1
