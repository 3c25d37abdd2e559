-- Where the station says that this phone stands.
SELECT device_state FROM sync_station WHERE one = 1
