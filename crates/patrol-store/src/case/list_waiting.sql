-- Cases of which anything is still only on the phone, newest first. Only what waits is looked at.
SELECT c.case_id, c.state, c.number, c.matter, c.plate_text, c.plate_kind, c.fix, c.street, c.note, c.opened_ms, c.tz,
       c.place_order, c.steps, c.amendments, l.station_ms AS receipt_ms
FROM (
  SELECT c.place_order
  FROM journal_log AS j
  LEFT JOIN sync_log AS l ON l.log = j.log
  CROSS JOIN view_case AS c ON c.log = j.log AND c.seq > coalesce(l.acked_seq, 0)
  WHERE c.place_order < ?1
  UNION
  SELECT c.place_order
  FROM sync_photo AS s
  CROSS JOIN view_case_photo AS p ON p.sha256 = s.sha256
  CROSS JOIN view_case AS c ON c.case_id = p.case_id
  WHERE s.receipt IS NULL AND c.place_order < ?1
  ORDER BY 1 DESC
  LIMIT ?2
) AS w
CROSS JOIN view_case AS c ON c.place_order = w.place_order
LEFT JOIN sync_log AS l ON l.log = c.log AND l.acked_seq >= c.seq
ORDER BY c.place_order DESC
