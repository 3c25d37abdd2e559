-- The id of an op that an earlier reading could not read.
UPDATE journal_op SET op_id = ?3 WHERE log = ?1 AND seq = ?2 AND op_id IS NOT ?3
