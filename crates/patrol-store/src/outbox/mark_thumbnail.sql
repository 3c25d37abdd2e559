-- The station holds this thumbnail.
INSERT INTO sync_photo (sha256, thumb_sent) VALUES (?1, 1)
ON CONFLICT (sha256) DO UPDATE SET thumb_sent = 1
