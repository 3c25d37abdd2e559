-- Every original with the suffix of its file.
SELECT sha256, extension FROM photo ORDER BY sha256
