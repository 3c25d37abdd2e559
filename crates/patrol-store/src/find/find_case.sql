-- One case with the receipt that covers its last op; the columns of list_cases.sql.
SELECT c.case_id, c.state, c.number, c.matter, c.plate_text, c.plate_kind, c.fix, c.street, c.note, c.opened_ms, c.tz,
       c.place_order, c.steps, c.amendments, l.station_ms AS receipt_ms
FROM view_case AS c
LEFT JOIN sync_log AS l ON l.log = c.log AND l.acked_seq >= c.seq
WHERE c.case_id = ?1
