-- This is another install from now on.
INSERT INTO install (one, nonce) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET nonce = excluded.nonce
