-- The phone belongs to a station: no other code matters any more.
DELETE FROM sync_enrolment
