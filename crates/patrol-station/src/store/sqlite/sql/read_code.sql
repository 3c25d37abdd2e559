-- Whom a code was made for, and how long it is good.
SELECT officer_number, officer_name, expires_ms FROM enrolment_code WHERE code_hash = ?1
