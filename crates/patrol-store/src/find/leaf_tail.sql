-- Only what is shown is read.
) AS w
CROSS JOIN view_case AS c ON c.place_order = w.place_order
LEFT JOIN sync_log AS l ON l.log = c.log AND l.acked_seq >= c.seq
ORDER BY c.place_order DESC
