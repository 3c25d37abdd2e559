-- The facts of one original.
SELECT sha256, bytes, mime, source, width, height, taken, fix, place_problem FROM photo WHERE sha256 = ?1
