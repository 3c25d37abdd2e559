-- A secret was made for a code; it replaces that of an older code.
INSERT INTO sync_enrolment (one, code, secret) VALUES (1, ?1, ?2)
ON CONFLICT (one) DO UPDATE SET code = excluded.code, secret = excluded.secret
