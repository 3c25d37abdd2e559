-- Cases in a box as points, newest first, and whether the station has signed for all of each. The index alone says which
-- cases they are.
SELECT c.case_id, c.state, c.matter, c.lat_e7, c.lon_e7,
       l.acked_seq IS NOT NULL AND NOT EXISTS (
         SELECT 1
         FROM view_case_photo AS p
         LEFT JOIN sync_photo AS s ON s.sha256 = p.sha256
         WHERE p.case_id = c.case_id AND s.receipt IS NULL
       ) AS at_station
FROM (
  SELECT place_order
  FROM view_case INDEXED BY view_case_by_point
  WHERE lat_e7 BETWEEN :south AND :north AND lon_e7 BETWEEN :west AND :east
  ORDER BY place_order DESC
  LIMIT :limit
) AS w
CROSS JOIN view_case AS c ON c.place_order = w.place_order
LEFT JOIN sync_log AS l ON l.log = c.log AND l.acked_seq >= c.seq
ORDER BY c.place_order DESC
