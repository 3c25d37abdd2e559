-- Originals that a run of a journal's ops names and its phone has neither brought nor reported as gone, newest first.
SELECT n.sha256
FROM named_photo AS n
WHERE n.log = ?1 AND n.seq > ?2 AND n.seq <= ?3
  AND NOT EXISTS (SELECT 1 FROM photo_of_device AS p WHERE p.device = n.device AND p.sha256 = n.sha256)
  AND NOT EXISTS (SELECT 1 FROM photo_condition AS c WHERE c.device = n.device AND c.sha256 = n.sha256)
GROUP BY n.sha256
ORDER BY max(n.seq) DESC, n.sha256
LIMIT ?4
