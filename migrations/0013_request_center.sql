-- Searching what can be asked for: by the beginnings of words of name and description, and by name for lists without words.

create index access_item_words on access_item using gin (
  to_tsvector('simple', translate(name || ' ' || coalesce(description, ''), '-_/.:@\#&+()[]', '              ')))
  where requestable and enabled;
create index access_item_askable on access_item (lower(name), id) where requestable and enabled;
