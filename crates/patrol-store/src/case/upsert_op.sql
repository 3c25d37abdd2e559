-- An op of a case stands here; the same op in a later journal only moves what has to travel.
INSERT INTO view_case_op (case_id, op_id, first, last) VALUES (?1, ?2, ?3, ?3)
ON CONFLICT (case_id, op_id) DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)
