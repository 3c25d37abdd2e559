-- Originals that no op names (yet): those of drafts, and those that were found.
SELECT sha256 FROM draft_case_photo UNION SELECT sha256 FROM photo_found
