-- What a phone reports of one of its originals.
INSERT INTO photo_condition (device, sha256, condition, log, seq) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (device, sha256) DO UPDATE SET condition = excluded.condition, log = excluded.log, seq = excluded.seq
