-- All phones that are not lost.
SELECT device FROM device WHERE state <> 3 ORDER BY device
