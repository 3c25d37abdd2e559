-- The officers who sign in on this phone, by number.
SELECT person, number, name, is_active FROM person ORDER BY number
