-- An op says that this original cannot be sent any more.
INSERT INTO sync_photo (sha256, problem) VALUES (?1, ?2)
ON CONFLICT (sha256) DO UPDATE SET problem = excluded.problem
