-- Every journal of this install, in the order in which they were begun.
SELECT log, ordinal FROM journal_log ORDER BY ordinal
