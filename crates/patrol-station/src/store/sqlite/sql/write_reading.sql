-- The views come from this reading of ops.
INSERT INTO view_progress (one, version) VALUES (1, ?1)
ON CONFLICT (one) DO UPDATE SET version = excluded.version
