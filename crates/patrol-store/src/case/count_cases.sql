-- Cases still on the phone, and cases of which everything is signed for. Only what waits is looked at.
WITH waiting (case_id) AS (
  SELECT c.case_id
  FROM journal_log AS j
  LEFT JOIN sync_log AS l ON l.log = j.log
  CROSS JOIN view_case AS c ON c.log = j.log AND c.seq > coalesce(l.acked_seq, 0)
  UNION
  SELECT c.case_id
  FROM sync_photo AS s
  CROSS JOIN view_case_photo AS p ON p.sha256 = s.sha256
  CROSS JOIN view_case AS c ON c.case_id = p.case_id
  WHERE s.receipt IS NULL
)
SELECT (SELECT count(*) FROM waiting), (SELECT cases FROM sync_count) - (SELECT count(*) FROM waiting)
