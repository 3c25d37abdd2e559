-- The station this phone belongs to.
SELECT url, station, name, key, device, secret, officer_number, officer_name, certificate, enrolled_ms,
  authority, recovery_key
FROM sync_station WHERE one = 1
