-- Who is signed in with a browser. The cookie holds a random secret, the table only its hash.
create table web_session (
  id          text collate "C" primary key,
  secret_hash text collate "C" not null,
  identity_id text collate "C" not null references identity,
  -- How the person proved who they are.
  method      text collate "C" not null check (method in ('OPENID', 'SANDBOX')),
  -- Real time, both: a held clock must not keep anybody signed in.
  created_at  timestamptz not null default now(),
  used_at     timestamptz not null default now()
);
create unique index web_session_secret on web_session (secret_hash);
create index web_session_identity on web_session (identity_id);
create index web_session_used on web_session (used_at);
