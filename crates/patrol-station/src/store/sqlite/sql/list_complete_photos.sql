-- Originals that a journal names and its phone has brought.
SELECT DISTINCT p.sha256, p.extension, p.bytes
FROM named_photo AS n
JOIN photo_of_device AS d ON d.device = n.device AND d.sha256 = n.sha256
JOIN photo AS p ON p.sha256 = n.sha256
WHERE n.log = ?1
ORDER BY p.sha256
