-- Originals whose draft is gone, with their facts; those that were set aside come last.
SELECT p.sha256, p.bytes, p.mime, p.source, p.width, p.height, p.taken, p.fix, p.place_problem, f.at_ms, f.is_aside
FROM photo_found AS f
CROSS JOIN photo AS p ON p.sha256 = f.sha256
ORDER BY f.is_aside, f.at_ms, f.sha256
