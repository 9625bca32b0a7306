-- Search over the record. The words of an event, without their places: what has them is found by the index, what they mean is looked up in
-- the record itself. The application writes them; they say nothing that the record does not.

alter table audit_event add column words tsvector not null default '';

-- Events older than this. Letters beyond ASCII keep the case they were written in.
update audit_event e set words = array_to_tsvector(array(
  select distinct left(word, 200)
  from jsonb_path_query(e.canonical::jsonb - 'at' - 'action', 'strict $.**') value
  cross join lateral regexp_split_to_table(lower((value #>> '{}') collate "C"),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u005e\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u2000-\u206f\u3000-\u303f\ufeff]+') word
  where jsonb_typeof(value) in ('string', 'number', 'boolean') and word <> ''));

create index audit_event_words on audit_event using gin (words);
-- Which actions there are, and the events of one.
create index audit_event_action on audit_event (action, created_at);
