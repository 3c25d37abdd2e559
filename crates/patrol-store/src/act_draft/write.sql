-- What was typed about a case.
INSERT INTO act_draft (case_id, act, fields, saved_ms) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (case_id, act) DO UPDATE SET fields = excluded.fields, saved_ms = excluded.saved_ms
