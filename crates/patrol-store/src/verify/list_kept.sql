-- Originals that no op names (yet): those of the draft, and those that were found.
SELECT sha256 FROM draft_photo UNION SELECT sha256 FROM photo_found
