-- The originals that a phone has brought.
SELECT sha256 FROM photo_of_device WHERE device = ?1
