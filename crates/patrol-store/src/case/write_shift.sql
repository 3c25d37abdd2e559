-- What is known of a shift; either end may come first.
INSERT INTO view_shift (shift, started_ms, ended_ms) VALUES (?1, ?2, ?3)
ON CONFLICT (shift) DO UPDATE SET
  started_ms = coalesce(excluded.started_ms, started_ms), ended_ms = coalesce(excluded.ended_ms, ended_ms)
