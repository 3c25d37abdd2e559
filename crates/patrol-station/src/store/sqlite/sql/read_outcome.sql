-- Whose op stands here, and why it could not be applied, if so.
SELECT j.device, q.code
FROM journal AS j
LEFT JOIN quarantine AS q ON q.log = j.log AND q.seq = ?2
WHERE j.log = ?1
