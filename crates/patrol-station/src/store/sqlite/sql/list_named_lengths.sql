-- The lengths under which a phone's journals name an original; none = it may not bring it.
SELECT DISTINCT bytes FROM named_photo WHERE device = ?1 AND sha256 = ?2
