-- Everything here follows from the journals. Not applied_op: which of two ops with one id came first is a decision.
DELETE FROM view_case_bringer;
DELETE FROM view_case_photo;
DELETE FROM view_case;
DELETE FROM view_case_op;
DELETE FROM view_person;
DELETE FROM photo_condition;
DELETE FROM quarantine;
