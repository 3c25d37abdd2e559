-- Cursors below a tombstone that is about to be cleared away would never hear of it. The last change of all stays, so
-- that a phone that has everything keeps its cursor.
WITH old (device, seq, hash) AS (
  SELECT c.device, c.seq, c.hash
  FROM change AS c
  JOIN change_scope AS s ON s.device = c.device AND c.seq < s.seq AND c.seq > s.floor
  WHERE c.body IS NULL AND c.made_ms < ?1
    AND NOT EXISTS (
      SELECT 1 FROM change AS n WHERE n.device = c.device AND n.kind = c.kind AND n.id = c.id AND n.seq > c.seq
    )
)
UPDATE change_scope AS s
SET (floor, floor_hash) = (SELECT o.seq, o.hash FROM old AS o WHERE o.device = s.device ORDER BY o.seq DESC LIMIT 1)
WHERE s.device IN (SELECT o.device FROM old AS o)
