-- Cases in a box, newest first, with the receipt that covers their last op.
SELECT c.case_id, c.state, c.number, c.matter, c.plate_text, c.plate_kind, c.fix, c.street, c.note, c.opened_ms, c.tz,
       c.place_order, c.steps, c.amendments, l.station_ms AS receipt_ms
FROM view_case AS c INDEXED BY view_case_by_point
LEFT JOIN sync_log AS l ON l.log = c.log AND l.acked_seq >= c.seq
WHERE c.lat_e7 BETWEEN :south AND :north AND c.lon_e7 BETWEEN :west AND :east AND c.place_order < :before
ORDER BY c.place_order DESC
LIMIT :limit
