-- What a phone was given for an original of this journal.
SELECT DISTINCT d.receipt
FROM named_photo AS n
JOIN photo_of_device AS d ON d.device = n.device AND d.sha256 = n.sha256
WHERE n.log = ?1 AND n.seq <= ?2 AND n.sha256 = ?3
