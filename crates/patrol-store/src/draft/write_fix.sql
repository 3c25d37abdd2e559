-- Where the phone was when a photo was taken became known later.
UPDATE draft_case_photo SET fix = ?3 WHERE draft_id = ?1 AND sha256 = ?2
