-- The code of an enrolment that this database does not remember; nobody can use it.
INSERT INTO enrolment_code (code_hash, officer_number, officer_name, made_ms, expires_ms) VALUES (?1, ?2, ?3, ?4, ?4)
