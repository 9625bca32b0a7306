-- What roles and access profiles are made of changes, and whoever holds them follows.

-- An entitlement that an assignment gains or loses because what its item is made of has changed; gone once it is seen to.
create table assignment_change (
  assignment_id  text collate "C" not null references assignment,
  entitlement_id text collate "C" not null references access_item,
  comes          boolean not null,
  -- Why it could not be begun, and (real time) when that is tried again.
  problem        text collate "C",
  retry_at       timestamptz,
  created_at     timestamptz not null,
  primary key (assignment_id, entitlement_id)
);

alter table provisioning_step
  drop constraint provisioning_step_cause_check,
  add constraint provisioning_step_cause_check check (cause in ('DATE', 'DOUBT', 'DRIFT', 'CONTENT'));
