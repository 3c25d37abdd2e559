-- A secret was made for a code.
INSERT INTO sync_enrolment (code, secret) VALUES (?1, ?2)
