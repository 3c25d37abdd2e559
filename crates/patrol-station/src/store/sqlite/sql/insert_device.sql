-- A phone became a device of this station.
INSERT INTO device (
  device, code_hash, secret_hash, public_key, log, officer_number, officer_name, certificate, enrolled_ms
)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
