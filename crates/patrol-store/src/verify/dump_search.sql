-- Every word of the search index, where it stands.
SELECT doc, term, offset FROM temp.search_words ORDER BY doc, offset, term
