-- The receipt that a phone was given for an original, and what its file must be.
SELECT d.receipt, p.bytes, p.extension
FROM photo_of_device AS d
JOIN photo AS p ON p.sha256 = d.sha256
WHERE d.device = ?1 AND d.sha256 = ?2
