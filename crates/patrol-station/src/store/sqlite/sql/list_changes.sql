-- A phone's changes behind a number, without those that a later one supersedes.
SELECT c.seq, c.kind, c.id, c.body, c.hash
FROM change AS c
WHERE c.device = ?1 AND c.seq > ?2
  AND NOT EXISTS (
    SELECT 1 FROM change AS n WHERE n.device = c.device AND n.kind = c.kind AND n.id = c.id AND n.seq > c.seq
  )
ORDER BY c.seq
LIMIT ?3
