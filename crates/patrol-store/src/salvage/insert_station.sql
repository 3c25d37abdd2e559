-- The station this phone belongs to.
INSERT OR IGNORE INTO sync_station (
  one, url, station, name, key, device, secret, officer_number, officer_name, certificate, enrolled_ms,
  authority, recovery_key, recovery_sent, station_ms, device_state
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
