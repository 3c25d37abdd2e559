-- The newest cases with their notes and officers.
SELECT
  c.case_id, c.device, c.number, c.matter, c.plate_text, c.plate_kind, c.community, n.value, c.wall_ms, c.tz,
  c.received_ms, coalesce(p.officer, d.officer_number)
FROM view_case AS c
JOIN device AS d ON d.device = c.device
LEFT JOIN journal_part AS n ON n.log = c.log AND n.seq = c.seq AND n.field = 'note'
LEFT JOIN view_person AS p ON p.device = c.device AND p.person = c.author
ORDER BY c.received_ms DESC, c.seq DESC, c.case_id
LIMIT ?1
