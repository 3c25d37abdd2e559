-- The phone was enrolled.
INSERT INTO sync_station (
  one, url, station, name, key, device, secret, officer_number, officer_name, certificate, enrolled_ms,
  authority, recovery_key
) VALUES (
  1, :url, :station, :name, :key, :device, :secret, :officer_number, :officer_name, :certificate, :enrolled_ms,
  :authority, :recovery_key
)
