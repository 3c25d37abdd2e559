-- Every thumbnail, by its original.
SELECT sha256 FROM thumb ORDER BY sha256
