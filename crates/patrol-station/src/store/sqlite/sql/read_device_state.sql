-- Where a phone stands: 1 active, 2 retired, 3 lost.
SELECT state FROM device WHERE device = ?1
