-- The enrolment was answered.
DELETE FROM sync_enrolment
