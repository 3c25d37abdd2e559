-- Originals that wait and cannot be given, by the number of a case. Only what waits is looked at.
SELECT s.sha256, s.problem, min(c.number)
FROM sync_photo AS s
CROSS JOIN view_case_photo AS p ON p.sha256 = s.sha256
CROSS JOIN view_case AS c ON c.case_id = p.case_id
WHERE s.receipt IS NULL AND s.problem IS NOT NULL
GROUP BY s.sha256
ORDER BY 3, 1
LIMIT ?1
