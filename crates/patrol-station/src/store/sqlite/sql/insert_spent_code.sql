-- A phone that comes back with its certificate has no code here any more: one that nobody can use stands for it.
INSERT INTO enrolment_code (code_hash, officer_number, officer_name, made_ms, expires_ms) VALUES (?1, ?2, ?3, ?4, 0)
ON CONFLICT (code_hash) DO NOTHING
