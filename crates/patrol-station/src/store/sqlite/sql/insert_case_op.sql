-- An op that this build does not know belongs to a case; one that is there already stands.
INSERT INTO view_case_op (case_id, op_id, log, seq) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (case_id, op_id) DO NOTHING
