-- Cases of one plate, newest first, with the receipt that covers their last op.
SELECT c.case_id, c.state, c.number, c.matter, c.plate_text, c.plate_kind, c.fix, c.street, c.note, c.opened_ms, c.tz,
       c.place_order, c.steps, c.amendments, l.station_ms AS receipt_ms
FROM view_case AS c
LEFT JOIN sync_log AS l ON l.log = c.log AND l.acked_seq >= c.seq
WHERE c.plate_text = ?1
ORDER BY c.place_order DESC
LIMIT ?2
