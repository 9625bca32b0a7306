-- The accounts of people who leave are disabled at targets where that is wanted, and enabled again when they return.

alter table source add column disables_leavers boolean not null default false;
-- That it is disabled was our doing: only then is it for us to enable it.
alter table account add column switched_off boolean not null default false;

-- One account that is to be disabled, or enabled again, at its target.
create table account_switch (
  id             text collate "C" primary key,
  account_id     text collate "C" not null references account,
  source_id      text collate "C" not null references source,
  disable        boolean not null,
  state          text collate "C" not null check (state in ('INTENDED', 'SENT', 'DONE', 'FAILED', 'DROPPED')),
  attempts       integer not null default 0,
  -- Real time, both: a held clock must not hold back a retry.
  first_tried_at timestamptz,
  retry_at       timestamptz,
  last_error     text collate "C",
  created_at     timestamptz not null,
  modified_at    timestamptz not null
);
create unique index account_switch_open on account_switch (account_id) where state in ('INTENDED', 'SENT', 'FAILED');
create index account_switch_due on account_switch (retry_at) where state in ('INTENDED', 'SENT');
create index account_switch_source on account_switch (source_id) where state in ('INTENDED', 'SENT', 'FAILED');
