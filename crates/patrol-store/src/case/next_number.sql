-- Gives out the next number under a prefix.
INSERT INTO case_number (prefix, last) VALUES (?1, 1)
ON CONFLICT (prefix) DO UPDATE SET last = last + 1
RETURNING last
