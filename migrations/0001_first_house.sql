-- The first house: people, what can be asked for, requests, approvals, what is held, work to be done, and the record.
-- Text sorts by code point everywhere (collate "C"), so the embedded database and any server agree.
-- Ids are made by the application. Nothing is schema-qualified: the connection's search_path names the tenant.

create table identity (
  id          text collate "C" primary key,
  alias       text collate "C" not null,
  name        text collate "C" not null,
  first_name  text collate "C" not null default '',
  last_name   text collate "C" not null default '',
  email       text collate "C",
  manager_id  text collate "C" references identity,
  department  text collate "C",
  status      text collate "C" not null default 'ACTIVE' check (status in ('ACTIVE', 'INACTIVE')),
  is_admin    boolean not null default false,
  created_at  timestamptz not null,
  modified_at timestamptz not null
);
create unique index identity_alias on identity (lower(alias));
create index identity_manager on identity (manager_id);
create index identity_name on identity (lower(name), id);
create index identity_email on identity (lower(email));

create table governance_group (
  id          text collate "C" primary key,
  name        text collate "C" not null,
  description text collate "C",
  owner_id    text collate "C" references identity,
  created_at  timestamptz not null,
  modified_at timestamptz not null
);
create unique index governance_group_name on governance_group (lower(name));

create table governance_group_member (
  group_id    text collate "C" not null references governance_group on delete cascade,
  identity_id text collate "C" not null references identity,
  primary key (group_id, identity_id)
);
create index governance_group_member_identity on governance_group_member (identity_id);

create table source (
  id                 text collate "C" primary key,
  name               text collate "C" not null,
  description        text collate "C",
  owner_id           text collate "C" not null references identity,
  -- The kind of connector; null means that a person does the work by hand.
  connector          text collate "C",
  -- Encrypted settings of the connector (address, credentials); see adapters/secret-box.
  connector_settings text collate "C",
  -- Request rules of this source's entitlements where they have none of their own; null falls through to the tenant's.
  request_config     jsonb,
  created_at         timestamptz not null,
  modified_at        timestamptz not null
);
create unique index source_name on source (lower(name));

create table access_item (
  id                   text collate "C" primary key,
  type                 text collate "C" not null check (type in ('ROLE', 'ACCESS_PROFILE', 'ENTITLEMENT')),
  name                 text collate "C" not null,
  description          text collate "C",
  owner_id             text collate "C" references identity,
  additional_owner_ids text[] not null default '{}',
  additional_group_ids text[] not null default '{}',
  source_id            text collate "C" references source,
  attribute            text collate "C",
  value                text collate "C",
  requestable          boolean not null default false,
  enabled              boolean not null default true,
  privileged           boolean not null default false,
  -- Request rules for grant and revoke; null (entitlements only) falls through to the source's, then the tenant's.
  request_config       jsonb,
  created_at           timestamptz not null,
  modified_at          timestamptz not null,
  check ((type = 'ENTITLEMENT') = (attribute is not null and value is not null)),
  check (type = 'ROLE' or source_id is not null)
);
create unique index access_item_entitlement on access_item (source_id, attribute, value) where type = 'ENTITLEMENT';
create unique index access_item_name on access_item (type, lower(name)) where type <> 'ENTITLEMENT';
create index access_item_by_type on access_item (type, lower(name), id);
create index access_item_owner on access_item (owner_id);

-- A role is made of access profiles and entitlements, an access profile of entitlements.
create table access_item_part (
  whole_id text collate "C" not null references access_item on delete cascade,
  part_id  text collate "C" not null references access_item,
  primary key (whole_id, part_id)
);
create index access_item_part_part on access_item_part (part_id);

create table application (
  id          text collate "C" primary key,
  name        text collate "C" not null,
  description text collate "C",
  owner_id    text collate "C" references identity,
  source_id   text collate "C" references source,
  created_at  timestamptz not null,
  modified_at timestamptz not null
);
create unique index application_name on application (lower(name));

create table application_access_profile (
  application_id    text collate "C" not null references application on delete cascade,
  access_profile_id text collate "C" not null references access_item on delete cascade,
  primary key (application_id, access_profile_id)
);
create index application_access_profile_profile on application_access_profile (access_profile_id);

create table account (
  id              text collate "C" primary key,
  source_id       text collate "C" not null references source,
  native_identity text collate "C" not null,
  identity_id     text collate "C" references identity,
  name            text collate "C" not null,
  disabled        boolean not null default false,
  -- False until the target has shown the account to us (or an import has told of it).
  present         boolean not null default true,
  -- One worker at a time changes an account at its target.
  leased_by       text collate "C",
  leased_until    timestamptz,
  created_at      timestamptz not null,
  modified_at     timestamptz not null
);
create unique index account_native_identity on account (source_id, native_identity);
create index account_identity on account (identity_id);

-- One call by one requester for one recipient. Its id is the tracking number.
create table access_request (
  id              text collate "C" primary key,
  kind            text collate "C" not null check (kind in ('GRANT', 'REVOKE', 'MODIFY')),
  requester_id    text collate "C" not null references identity,
  recipient_id    text collate "C" not null references identity,
  attributes_hash integer not null,
  client_metadata jsonb,
  created_at      timestamptz not null
);
create index access_request_recipient on access_request (recipient_id, created_at);
create index access_request_requester on access_request (requester_id, created_at);
create index access_request_created on access_request (created_at, id);

create table requested_item (
  id                      text collate "C" primary key,
  request_id              text collate "C" not null references access_request,
  kind                    text collate "C" not null check (kind in ('GRANT', 'REVOKE', 'MODIFY')),
  requester_id            text collate "C" not null references identity,
  recipient_id            text collate "C" not null references identity,
  item_type               text collate "C" not null check (item_type in ('ROLE', 'ACCESS_PROFILE', 'ENTITLEMENT')),
  item_id                 text collate "C" not null references access_item,
  state                   text collate "C" not null check (state in (
    'AWAITING_SCREENING', 'AWAITING_APPROVAL', 'AWAITING_EXTRA_APPROVER', 'SCHEDULED', 'PROVISIONING', 'VERIFYING', 'PROVISIONED',
    'PARTLY_PROVISIONED', 'FAILED', 'ERROR', 'REJECTED', 'EXPIRED', 'CANCELLED', 'CLOSED')),
  -- What makes two requests the same ask: the item, the dates and the account chosen.
  same_ask                text collate "C" not null,
  comment                 text collate "C",
  client_metadata         jsonb,
  start_at                timestamptz,
  end_at                  timestamptz,
  -- The dates in force when it was asked, so that an approver sees old and new.
  current_start_at        timestamptz,
  current_end_at          timestamptz,
  account_selection       jsonb,
  assignment_id           text collate "C",
  native_identity         text collate "C",
  -- The rules that applied when it was made; later configuration does not reach it.
  policy                  jsonb not null,
  step_number             integer not null default 0,
  approvals_started_at    timestamptz,
  approvals_finished_at   timestamptz,
  provisioning_started_at timestamptz,
  finished_at             timestamptz,
  cancelled_by            text collate "C" references identity,
  cancel_comment          text collate "C",
  duplicate               boolean not null default false,
  close_execution         text collate "C" check (close_execution in ('Terminated', 'Completed')),
  close_completion        text collate "C" check (close_completion in ('Success', 'Incomplete', 'Failure')),
  close_message           text collate "C",
  error_messages          jsonb not null default '[]',
  created_at              timestamptz not null,
  modified_at             timestamptz not null
);
create index requested_item_request on requested_item (request_id);
create index requested_item_created on requested_item (created_at, id);
create index requested_item_recipient on requested_item (recipient_id, created_at, id);
create index requested_item_requester on requested_item (requester_id, created_at, id);
create index requested_item_item on requested_item (item_id);
create index requested_item_scheduled on requested_item (start_at) where state = 'SCHEDULED';
create index requested_item_open on requested_item (created_at, id) where finished_at is null;
-- The race two eager clicks can win in code, they cannot win here.
create unique index requested_item_one_open on requested_item (recipient_id, item_id, kind, same_ask)
  where state in ('AWAITING_SCREENING', 'AWAITING_APPROVAL', 'AWAITING_EXTRA_APPROVER', 'SCHEDULED', 'PROVISIONING', 'VERIFYING');

create table approval (
  id                 text collate "C" primary key,
  requested_item_id  text collate "C" not null references requested_item,
  step_number        integer not null,
  scheme             text collate "C" not null,
  original_owner_type text collate "C" not null check (original_owner_type in ('IDENTITY', 'GOVERNANCE_GROUP')),
  original_owner_id  text collate "C" not null,
  -- Null while a group holds it: then every candidate may decide.
  owner_id           text collate "C" references identity,
  state              text collate "C" not null check (state in ('PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED')),
  decided_by         text collate "C" references identity,
  decided_at         timestamptz,
  comment            text collate "C",
  -- Why this person or group is asked, as data: the rule, and each hand-over that happened before anybody was asked.
  explanation        jsonb not null,
  remind_at          timestamptz,
  escalate_at        timestamptz,
  expires_at         timestamptz,
  created_at         timestamptz not null,
  modified_at        timestamptz not null
);
create index approval_item on approval (requested_item_id, step_number);
create index approval_pending on approval (created_at, id) where state = 'PENDING';
create index approval_decided on approval (modified_at, id) where state <> 'PENDING';
create index approval_decided_by on approval (decided_by, modified_at) where state <> 'PENDING';

-- The people who may decide an approval: resolved when its step starts. Rows stay after the decision, closed.
create table approval_candidate (
  approval_id text collate "C" not null references approval,
  identity_id text collate "C" not null references identity,
  open        boolean not null,
  created_at  timestamptz not null,
  primary key (approval_id, identity_id)
);
create index approval_candidate_open on approval_candidate (identity_id, created_at, approval_id) where open;

create table approval_move (
  id            text collate "C" primary key,
  approval_id   text collate "C" not null references approval,
  reason        text collate "C" not null check (reason in
    ('MANUAL_REASSIGNMENT', 'AUTOMATIC_REASSIGNMENT', 'AUTO_ESCALATION', 'SELF_REVIEW_DELEGATION')),
  from_name     text collate "C" not null,
  to_id         text collate "C" not null references identity,
  to_name       text collate "C" not null,
  moved_by_name text collate "C",
  comment       text collate "C",
  created_at    timestamptz not null
);
create index approval_move_approval on approval_move (approval_id, created_at, id);

-- The fact that a recipient holds an item, and why.
create table assignment (
  id                text collate "C" primary key,
  identity_id       text collate "C" not null references identity,
  item_type         text collate "C" not null,
  item_id           text collate "C" not null references access_item,
  origin            text collate "C" not null check (origin in ('REQUESTED', 'ROLE_MEMBERSHIP', 'BIRTHRIGHT', 'IMPORTED')),
  state             text collate "C" not null check (state in ('PENDING', 'ACTIVE', 'ENDING', 'ENDED')),
  -- The account an entitlement sits on; null for roles and access profiles.
  account_id        text collate "C" references account,
  requested_item_id text collate "C" references requested_item,
  start_at          timestamptz,
  end_at            timestamptz,
  created_at        timestamptz not null,
  modified_at       timestamptz not null
);
create index assignment_identity on assignment (identity_id, item_id) where state <> 'ENDED';
create index assignment_item on assignment (item_id) where state <> 'ENDED';
create index assignment_requested_item on assignment (requested_item_id);
create index assignment_end on assignment (end_at) where state in ('PENDING', 'ACTIVE') and end_at is not null;
create unique index assignment_imported on assignment (account_id, item_id) where origin = 'IMPORTED' and state <> 'ENDED';

-- One entitlement value on one account: there because at least one live assignment needs it.
create table access_grant (
  id             text collate "C" primary key,
  account_id     text collate "C" not null references account,
  entitlement_id text collate "C" not null references access_item,
  -- What a read of the target last showed (or an import told).
  present        boolean not null,
  checked_at     timestamptz,
  created_at     timestamptz not null
);
create unique index access_grant_value on access_grant (account_id, entitlement_id);
create index access_grant_entitlement on access_grant (entitlement_id) where present;

create table assignment_grant (
  assignment_id text collate "C" not null references assignment,
  grant_id      text collate "C" not null references access_grant,
  primary key (assignment_id, grant_id)
);
create index assignment_grant_grant on assignment_grant (grant_id);

create table provisioning_step (
  id                text collate "C" primary key,
  -- Null when time, not a request, asked for it (an end date).
  requested_item_id text collate "C" references requested_item,
  assignment_id     text collate "C" not null references assignment,
  grant_id          text collate "C" not null references access_grant,
  source_id         text collate "C" not null references source,
  account_id        text collate "C" not null references account,
  operation         text collate "C" not null check (operation in ('ADD', 'REMOVE')),
  state             text collate "C" not null check (state in ('INTENDED', 'SENT', 'BY_HAND', 'DONE', 'FAILED', 'DROPPED')),
  attempts          integer not null default 0,
  -- Real time, unlike every other moment here: a held clock must not hold back a retry.
  first_tried_at    timestamptz,
  retry_at          timestamptz,
  last_error        text collate "C",
  -- False when a person's word is the proof.
  verified          boolean not null default false,
  created_at        timestamptz not null,
  modified_at       timestamptz not null
);
create index provisioning_step_item on provisioning_step (requested_item_id);
create index provisioning_step_open on provisioning_step (source_id, retry_at) where state in ('INTENDED', 'SENT');
create index provisioning_step_grant on provisioning_step (grant_id);

create table work_item (
  id                text collate "C" primary key,
  step_id           text collate "C" not null references provisioning_step,
  requested_item_id text collate "C" references requested_item,
  owner_id          text collate "C" not null references identity,
  original_owner_id text collate "C" not null references identity,
  state             text collate "C" not null check (state in ('PENDING', 'FINISHED', 'REJECTED', 'CANCELLED')),
  description       text collate "C" not null,
  completed_by      text collate "C" references identity,
  completed_at      timestamptz,
  comment           text collate "C",
  forward_history   jsonb not null default '[]',
  created_at        timestamptz not null,
  modified_at       timestamptz not null
);
create unique index work_item_step on work_item (step_id);
create index work_item_owner on work_item (owner_id, created_at) where state = 'PENDING';
create index work_item_requested_item on work_item (requested_item_id);

-- Work to be done now. A job is here exactly when the change that caused it was committed.
create table job (
  id           text collate "C" primary key,
  name         text collate "C" not null,
  -- Two jobs of one name and key are one job while the first still waits.
  key          text collate "C" not null,
  payload      jsonb not null,
  run_at       timestamptz not null default now(),
  attempts     integer not null default 0,
  locked_by    text collate "C",
  locked_until timestamptz,
  last_error   text collate "C"
);
create index job_due on job (run_at, id);
create unique index job_waiting on job (name, key) where locked_by is null;

-- The record. Rows are never changed; `canonical` is the exact text whose SHA-256 is `leaf_hash`.
create table audit_event (
  id              text collate "C" primary key,
  action          text collate "C" not null,
  actor_id        text collate "C",
  target_id       text collate "C",
  tracking_number text collate "C",
  canonical       text collate "C" not null,
  leaf_hash       text collate "C" not null,
  created_at      timestamptz not null
);
create index audit_event_created on audit_event (created_at, id);
create index audit_event_tracking on audit_event (tracking_number);

-- What others will be told (triggers, webhooks, mail), written with the change that caused it.
create table outgoing_event (
  id          text collate "C" primary key,
  type        text collate "C" not null,
  payload     jsonb not null,
  created_at  timestamptz not null,
  handled_at  timestamptz
);
create index outgoing_event_waiting on outgoing_event (created_at, id) where handled_at is null;

create table oauth_client (
  id                   text collate "C" primary key,
  name                 text collate "C" not null,
  -- SHA-256 of a 256-bit random secret: nothing to guess, so nothing slow is needed.
  secret_hash          text collate "C" not null,
  -- Null for a client that speaks for no person.
  identity_id          text collate "C" references identity,
  scopes               text[] not null,
  token_validity_seconds integer not null default 43200,
  expires_at           timestamptz,
  last_used_at         timestamptz,
  created_by           text collate "C" references identity,
  created_at           timestamptz not null
);
create index oauth_client_identity on oauth_client (identity_id);

create table setting (
  key         text collate "C" primary key,
  value       jsonb not null,
  modified_at timestamptz not null
);

create table idempotency_key (
  client_id    text collate "C" not null,
  key          text collate "C" not null,
  request_hash text collate "C" not null,
  status       integer not null,
  body         text collate "C" not null,
  created_at   timestamptz not null default now(),
  primary key (client_id, key)
);

-- Business time: one row. `held_at` stops the clock; `offset_ms` moves it.
create table business_clock (
  only_row  boolean primary key default true check (only_row),
  held_at   timestamptz,
  offset_ms bigint not null default 0
);
insert into business_clock default values;
