-- A piece of the way.
INSERT OR REPLACE INTO view_track (op_id, shift, points, from_ms, to_ms, place) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
