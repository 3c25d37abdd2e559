-- The secret that was already made for this code.
SELECT code, secret FROM sync_enrolment WHERE code = ?1
