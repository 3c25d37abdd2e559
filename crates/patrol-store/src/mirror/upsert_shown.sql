-- A row that came or changed.
INSERT INTO mirror_row (kind, id, body, hash) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, hash = excluded.hash
