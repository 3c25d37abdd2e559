-- An op belongs to a case. One that was applied takes the place of one that could not be read further than this.
INSERT INTO view_case_op (case_id, op_id, log, seq) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (case_id, op_id) DO UPDATE SET log = excluded.log, seq = excluded.seq
