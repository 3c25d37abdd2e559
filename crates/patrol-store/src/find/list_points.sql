-- Cases in a box as points, newest first.
SELECT case_id, state, matter, lat_e7, lon_e7
FROM view_case INDEXED BY view_case_by_point
WHERE lat_e7 BETWEEN :south AND :north AND lon_e7 BETWEEN :west AND :east
ORDER BY place_order DESC
LIMIT :limit
