-- Everything here is made again from the journal.
DELETE FROM view_case_photo;
DELETE FROM view_case;
