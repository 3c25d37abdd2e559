-- One photo is taken off.
DELETE FROM draft_photo WHERE sha256 = ?1
