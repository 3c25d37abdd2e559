-- Cases that fit a pattern of pairs, newest first, with the receipt that covers their last op.
SELECT c.case_id, c.state, c.number, c.matter, c.plate_text, c.plate_kind, c.fix, c.street, c.note, c.opened_ms, c.tz,
       c.place_order, c.steps, c.amendments, l.station_ms AS receipt_ms
FROM view_search AS f
JOIN view_case AS c ON c.place_order = f.rowid
LEFT JOIN sync_log AS l ON l.log = c.log AND l.acked_seq >= c.seq
WHERE f.grams MATCH :pattern AND f.rowid < :before
  AND (NOT :bounded OR (c.lat_e7 BETWEEN :south AND :north AND c.lon_e7 BETWEEN :west AND :east))
ORDER BY f.rowid DESC
LIMIT :limit
