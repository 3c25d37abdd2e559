-- Up to where a journal is in a verified backup of the present history. An original that its phone had given up and brought
-- after all is inside only of a backup that was begun a day (?2, in milliseconds) or more later, however the clock was set
-- in between: what names it is not safe in those before.
SELECT coalesce(max(min(l.seq, coalesce((
  SELECT min(n.seq) - 1
  FROM photo_condition AS c
  JOIN photo_of_device AS p ON p.device = c.device AND p.sha256 = c.sha256
  JOIN named_photo AS n ON n.device = c.device AND n.sha256 = c.sha256
  WHERE c.device = (SELECT device FROM journal WHERE log = ?1) AND n.log = ?1 AND p.stored_ms > b.made_ms - ?2
), l.seq))), 0)
FROM backup_log AS l
JOIN backup AS b ON b.backup = l.backup
WHERE l.log = ?1 AND b.verified_ms IS NOT NULL AND b.epoch = (SELECT epoch FROM station WHERE one = 1)
