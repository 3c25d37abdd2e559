-- What was typed about a case and is no op yet.
SELECT act, fields, saved_ms FROM act_draft WHERE case_id = ?1 ORDER BY act
