-- The search index holds no text; its words can be listed by position.
CREATE VIRTUAL TABLE temp.search_words USING fts5vocab (main, view_search, instance);
