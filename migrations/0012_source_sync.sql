-- What a target has, compared with what we think it has.

-- One reading of everything a target has.
create table source_sync (
  id               text collate "C" primary key,
  source_id        text collate "C" not null references source,
  state            text collate "C" not null check (state in ('RUNNING', 'DONE', 'FAILED')),
  -- The first one that is done takes what it finds for granted: it becomes imported access. Later ones report it as drift.
  is_first         boolean not null,
  started_by       text collate "C" not null,
  started_at       timestamptz not null,
  finished_at      timestamptz,
  -- Real time, both: when the target was first asked, and until when whoever reads is known to be alive.
  began_at         timestamptz not null default now(),
  leased_until     timestamptz,
  accounts         integer not null default 0,
  entitlements     integer not null default 0,
  new_accounts     integer not null default 0,
  new_entitlements integer not null default 0,
  imported         integer not null default 0,
  added            integer not null default 0,
  removed          integer not null default 0,
  -- Accounts that could not be compared because somebody was at work on them.
  skipped          integer not null default 0,
  -- Entitlements of ours that the target does not have: how many, and the names of the first.
  missing          integer not null default 0,
  missing_names    text[] not null default '{}',
  error            text collate "C"
);
create unique index source_sync_running on source_sync (source_id) where state = 'RUNNING';
create index source_sync_source on source_sync (source_id, id);

-- A value that came to an account, or left it, behind our back.
create table source_drift (
  id         text collate "C" primary key,
  source_id  text collate "C" not null references source,
  grant_id   text collate "C" not null references access_grant,
  kind       text collate "C" not null check (kind in ('ADDED', 'REMOVED')),
  state      text collate "C" not null check (state in ('OPEN', 'ADOPTED', 'REVERTED', 'GONE')),
  found_at   timestamptz not null,
  ended_at   timestamptz,
  ended_by   text collate "C"
);
create unique index source_drift_open on source_drift (grant_id) where state = 'OPEN';
create index source_drift_source on source_drift (source_id, id) where state = 'OPEN';
create index source_drift_grant on source_drift (grant_id, id);

-- Which reading saw it last.
alter table account add column seen_in text collate "C";
alter table access_item add column seen_in text collate "C";
-- Real time: when a step of ours last read or changed the value.
alter table access_grant add column touched_at timestamptz;
create index provisioning_step_verified on provisioning_step (source_id, modified_at) where verified;
