-- Cases of which anything is still only on the phone, newest first.
SELECT c.case_id, c.state, c.number, c.matter, c.plate_text, c.plate_kind, c.fix, c.street, c.note, c.opened_ms, c.tz,
       c.place_order, c.steps, c.amendments, l.station_ms AS receipt_ms
FROM view_case AS c
LEFT JOIN sync_log AS l ON l.log = c.log AND l.acked_seq >= c.seq
WHERE c.place_order < ?1
  AND (l.log IS NULL OR EXISTS (
        SELECT 1 FROM view_case_photo AS p
        LEFT JOIN sync_photo AS s ON s.sha256 = p.sha256
        WHERE p.case_id = c.case_id AND s.receipt IS NULL))
ORDER BY c.place_order DESC
LIMIT ?2
