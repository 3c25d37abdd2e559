-- The phones, in the order in which they came.
SELECT device, officer_number, officer_name, state, enrolled_ms, recovery IS NOT NULL FROM device ORDER BY device
