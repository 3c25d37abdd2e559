-- Whether a phone was retired or lost, known here or not.
SELECT state FROM revocation WHERE device = ?1
