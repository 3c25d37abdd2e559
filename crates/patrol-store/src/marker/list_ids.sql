-- Positions and ids of a journal's ops, and whether each is about the journal itself, so that no other adopts it.
SELECT seq, op_id, coalesce(json_extract(CAST(bytes AS TEXT), '$.kind') IN ('log_opened', 'adopted'), 0)
FROM journal_op WHERE log = ?1 AND json_valid(CAST(bytes AS TEXT)) ORDER BY seq
