-- The keys that the station signs and has signed with, the first one first.
SELECT public_key, statement, since_ms FROM station_key ORDER BY number
