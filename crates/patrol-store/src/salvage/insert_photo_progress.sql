-- What has become of an original on its way.
INSERT OR IGNORE INTO sync_photo (sha256, thumb_sent, begun, station_ms, receipt, problem, pruned)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
