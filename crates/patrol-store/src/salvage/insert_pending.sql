-- A point of a track that stands in no op yet.
INSERT OR IGNORE INTO track_pending (position, shift, lat_e7, lon_e7, accuracy_mm, boot, boot_ms, wall_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
