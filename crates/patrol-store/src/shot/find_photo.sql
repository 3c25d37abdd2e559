-- Whether an original has a row.
SELECT 1 FROM photo WHERE sha256 = ?1
