-- The phones in whose journals an op with this id stands, whatever its bytes.
SELECT DISTINCT j.device FROM journal_op AS o JOIN journal AS j ON j.log = o.log WHERE o.op_id = ?1
