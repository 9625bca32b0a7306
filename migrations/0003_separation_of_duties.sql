-- Separation of duties: lists of entitlements that nobody should hold together, and what a check of a request found.

create table sod_policy (
  id                text collate "C" primary key,
  name              text collate "C" not null,
  description       text collate "C",
  type              text collate "C" not null check (type in ('CONFLICTING_ACCESS_BASED')),
  state             text collate "C" not null check (state in ('ENFORCED', 'NOT_ENFORCED')),
  -- A person or a governance group, by owner_type.
  owner_type        text collate "C" not null check (owner_type in ('IDENTITY', 'GOVERNANCE_GROUP')),
  owner_id          text collate "C" not null,
  left_name         text collate "C" not null,
  right_name        text collate "C" not null,
  correction_advice text collate "C",
  tags              text[] not null default '{}',
  -- What the contract lets people note on a policy and nothing here acts on.
  notes             jsonb not null default '{}',
  creator_id        text collate "C" not null references identity,
  modifier_id       text collate "C" references identity,
  created_at        timestamptz not null,
  modified_at       timestamptz not null
);
create unique index sod_policy_name on sod_policy (lower(name));
create index sod_policy_enforced on sod_policy (id) where state = 'ENFORCED';

-- The two sides of a policy; an entitlement stands on one of them.
create table sod_policy_entitlement (
  policy_id      text collate "C" not null references sod_policy on delete cascade,
  entitlement_id text collate "C" not null references access_item,
  side           text collate "C" not null check (side in ('LEFT', 'RIGHT')),
  -- As it was written down.
  place          integer not null,
  primary key (policy_id, entitlement_id)
);
create index sod_policy_entitlement_entitlement on sod_policy_entitlement (entitlement_id);

-- What the check found when the item was asked for, with the names of then; null when there was none (a revoke, a change of dates).
alter table requested_item add column sod jsonb;
