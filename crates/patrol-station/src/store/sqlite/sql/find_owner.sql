-- The device that a journal would come from: whose it is already, else the certified one, else the last with this key.
SELECT d.device
FROM device AS d
LEFT JOIN journal AS j ON j.device = d.device AND j.log = ?3
WHERE d.public_key = ?1
ORDER BY j.log IS NULL, d.device <> ?2, d.enrolled_ms DESC
LIMIT 1
