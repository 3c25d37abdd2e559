-- Facts of an original.
INSERT OR IGNORE INTO photo (
  sha256, bytes, mime, source, width, height, taken, fix, place_problem, thumbnail
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
