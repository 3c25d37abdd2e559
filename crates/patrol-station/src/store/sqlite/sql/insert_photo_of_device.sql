-- A phone has brought an original; the receipt is given once and then for ever.
INSERT INTO photo_of_device (device, sha256, receipt, stored_ms) VALUES (?1, ?2, ?3, ?4)
