-- Bytes of this original are about to be sent.
INSERT INTO sync_photo (sha256, begun) VALUES (?1, 1)
ON CONFLICT (sha256) DO UPDATE SET begun = 1
