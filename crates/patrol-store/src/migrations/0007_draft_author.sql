-- Whose a draft is: what one officer has shot and typed is not another's to save.

-- NULL = nobody else has recorded on this phone since it was begun: it is the active officer's. At a handover it gets a name.
ALTER TABLE draft_case ADD COLUMN author BLOB CHECK (length(author) = 16);
