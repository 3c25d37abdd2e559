-- An original that the station has to sign for.
INSERT INTO sync_photo (sha256) VALUES (?1) ON CONFLICT (sha256) DO NOTHING
