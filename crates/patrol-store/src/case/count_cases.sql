-- Cases still on the phone, and cases of which everything is signed for.
SELECT coalesce(sum(waiting), 0), coalesce(sum(NOT waiting), 0)
FROM (
  SELECT l.log IS NULL OR EXISTS (
           SELECT 1 FROM view_case_photo AS p
           LEFT JOIN sync_photo AS s ON s.sha256 = p.sha256
           WHERE p.case_id = c.case_id AND s.receipt IS NULL) AS waiting
  FROM view_case AS c
  LEFT JOIN sync_log AS l ON l.log = c.log AND l.acked_seq >= c.seq
)
