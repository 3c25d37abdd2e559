-- All photos are taken off.
DELETE FROM draft_photo
