-- All photos are taken off a draft.
DELETE FROM draft_case_photo WHERE draft_id = ?1
