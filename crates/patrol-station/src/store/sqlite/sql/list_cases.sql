-- The newest cases with their officers.
SELECT
  c.case_id, c.number, c.state, c.matter, c.plate_text, c.plate_kind, c.community, c.note, c.steps, c.amendments,
  c.wall_ms, c.tz, c.received_ms, coalesce(p.officer, d.officer_number)
FROM view_case AS c
JOIN device AS d ON d.device = c.device
LEFT JOIN view_person AS p ON p.device = c.device AND p.person = c.author
ORDER BY c.received_ms DESC, c.seq DESC, c.case_id
LIMIT ?1
