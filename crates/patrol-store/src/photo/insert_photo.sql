-- The facts of one original; the same bytes again change nothing.
INSERT INTO photo (sha256, bytes, mime, source, width, height, taken, fix, place_problem, thumbnail)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (sha256) DO NOTHING
