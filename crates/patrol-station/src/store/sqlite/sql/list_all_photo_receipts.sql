-- Every receipt of an original.
SELECT device, sha256, receipt FROM photo_of_device ORDER BY device, sha256
