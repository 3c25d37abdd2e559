-- Old tombstones, and changes that were superseded long ago: those that a phone last saw yesterday stay for its cursor.
DELETE FROM change
WHERE (device, seq) IN (
  SELECT c.device, c.seq
  FROM change AS c
  JOIN change_scope AS s ON s.device = c.device
  LEFT JOIN change AS n ON n.device = c.device AND n.kind = c.kind AND n.id = c.id AND n.seq > c.seq
  WHERE c.made_ms < ?1 AND c.seq < s.seq AND ((n.seq IS NULL AND c.body IS NULL) OR n.made_ms < ?1)
)
