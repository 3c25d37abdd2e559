-- Cursors below a tombstone that is about to be cleared away would never hear of it. The last change of all stays, so
-- that a phone that has everything keeps its cursor.
UPDATE change_scope AS s
SET floor = max(s.floor, coalesce((
  SELECT max(c.seq)
  FROM change AS c
  WHERE c.device = s.device AND c.seq < s.seq AND c.body IS NULL AND c.made_ms < ?1
    AND NOT EXISTS (
      SELECT 1 FROM change AS n WHERE n.device = c.device AND n.kind = c.kind AND n.id = c.id AND n.seq > c.seq
    )
), 0))
