-- All journals, the last to call first, each with the originals that it names and that its phone has neither brought
-- nor reported as gone. Counted here and not taken from the phone's last push: ops are pushed before their photos, so
-- that word is old as soon as the photos come. A length is what an op says, so the sum must not be able to overflow.
SELECT
  j.log, j.device, d.officer_number, j.acked_seq, j.head_hash, j.contact_ms, j.local_seq, coalesce(w.photos, 0),
  coalesce(w.bytes, 0)
FROM journal AS j
JOIN device AS d ON d.device = j.device
LEFT JOIN (
  SELECT m.log, count(*) AS photos, CAST(total(m.bytes) AS INTEGER) AS bytes
  FROM (
    SELECT n.log, n.sha256, max(n.bytes) AS bytes
    FROM named_photo AS n
    WHERE NOT EXISTS (SELECT 1 FROM photo_of_device AS p WHERE p.device = n.device AND p.sha256 = n.sha256)
      AND NOT EXISTS (SELECT 1 FROM photo_condition AS c WHERE c.device = n.device AND c.sha256 = n.sha256)
    GROUP BY n.log, n.sha256
  ) AS m
  GROUP BY m.log
) AS w ON w.log = j.log
ORDER BY j.contact_ms DESC, j.log
