-- A row that came or changed, while everything is read anew.
INSERT INTO mirror_shadow (kind, id, body, hash) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, hash = excluded.hash
