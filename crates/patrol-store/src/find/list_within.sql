-- Cases in a box, newest first, with the receipt that covers their last op. The index alone says which they are.
SELECT c.case_id, c.state, c.number, c.matter, c.plate_text, c.plate_kind, c.fix, c.street, c.note, c.opened_ms, c.tz,
       c.place_order, c.steps, c.amendments, l.station_ms AS receipt_ms
FROM (
  SELECT place_order
  FROM view_case INDEXED BY view_case_by_point
  WHERE lat_e7 BETWEEN :south AND :north AND lon_e7 BETWEEN :west AND :east AND place_order < :before
  ORDER BY place_order DESC
  LIMIT :limit
) AS w
CROSS JOIN view_case AS c ON c.place_order = w.place_order
LEFT JOIN sync_log AS l ON l.log = c.log AND l.acked_seq >= c.seq
ORDER BY c.place_order DESC
