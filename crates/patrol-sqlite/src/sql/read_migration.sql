-- The fingerprint of one applied step.
SELECT fingerprint FROM schema_migration WHERE number = ?1
