-- Originals that a journal names up to a position and its phone has brought.
SELECT DISTINCT p.sha256, p.extension
FROM named_photo AS n
JOIN photo_of_device AS d ON d.device = n.device AND d.sha256 = n.sha256
JOIN photo AS p ON p.sha256 = n.sha256
WHERE n.log = ?1 AND n.seq <= ?2
ORDER BY p.sha256
