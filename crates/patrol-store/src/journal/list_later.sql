-- Ids of all ops of the journals behind this one.
SELECT o.op_id
FROM journal_op AS o JOIN journal_log AS l ON l.log = o.log
WHERE l.ordinal > (SELECT ordinal FROM journal_log WHERE log = ?1)
