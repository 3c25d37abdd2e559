-- What is known of a shift; either end may come first.
INSERT INTO view_shift (shift, started_ms, ended_ms, author, grids, started, ended, tz)
VALUES (:shift, :started_ms, :ended_ms, :author, :grids, :started, :ended, :tz)
ON CONFLICT (shift) DO UPDATE SET
  started_ms = coalesce(excluded.started_ms, started_ms), ended_ms = coalesce(excluded.ended_ms, ended_ms),
  author = coalesce(excluded.author, author), grids = iif(excluded.started IS NULL, grids, excluded.grids),
  started = coalesce(started, excluded.started), ended = coalesce(ended, excluded.ended),
  tz = iif(excluded.started IS NULL, tz, excluded.tz)
