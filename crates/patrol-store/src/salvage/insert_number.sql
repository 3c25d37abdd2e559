-- The highest number that is known to have been given out.
INSERT INTO case_number (prefix, last) VALUES (?1, ?2)
ON CONFLICT (prefix) DO UPDATE SET last = max(last, excluded.last)
