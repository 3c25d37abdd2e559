-- A phone's changes go this far; the floor is moved by clearing only.
INSERT INTO change_scope (device, seq, hash, rows, checksum) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (device) DO UPDATE SET
  seq = excluded.seq, hash = excluded.hash, rows = excluded.rows, checksum = excluded.checksum
