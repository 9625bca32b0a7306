-- Moving work: who stands in for whom, work moved in bulk, and approvals that are put right when people change.

-- Standing reassignment: while its period lasts, what would be asked of one person is asked of another.
create table reassignment (
  id           text collate "C" primary key,
  from_id      text collate "C" not null references identity,
  kind         text collate "C" not null check (kind in ('APPROVALS', 'WORK_ITEMS')),
  to_id        text collate "C" not null references identity,
  start_at     timestamptz not null,
  -- Null: until somebody ends it.
  end_at       timestamptz,
  -- What waited for the person when the period began is moved by the sweep, in the order of ids, and once more a moment later for what was
  -- being written just then: when it is to be done (null: it is done), how far it is, and how often it went through.
  follow_at    timestamptz,
  followed_to  text collate "C" not null default '',
  looks        smallint not null default 0,
  created_by   text collate "C" not null references identity,
  modified_by  text collate "C" not null references identity,
  created_at   timestamptz not null,
  modified_at  timestamptz not null
);
create unique index reassignment_one on reassignment (from_id, kind);
create index reassignment_due on reassignment (follow_at) where follow_at is not null;
create index reassignment_to on reassignment (to_id);

-- One order to move all that waits for one or more people to somebody else; carried out by a job, which finds here how far it is.
create table bulk_move (
  id           text collate "C" primary key,
  -- Null: to the manager of each.
  to_id        text collate "C" references identity,
  comment      text collate "C" not null,
  ordered_by   text collate "C" not null references identity,
  created_at   timestamptz not null,
  finished_at  timestamptz
);
create index bulk_move_created on bulk_move (created_at, id);
create index bulk_move_unfinished on bulk_move (id) where finished_at is null;

-- Each approval and work item of such an order, and what became of it.
create table bulk_move_part (
  bulk_move_id  text collate "C" not null references bulk_move,
  place         integer not null,
  from_id       text collate "C" not null references identity,
  -- One of these.
  approval_id   text collate "C" references approval,
  work_item_id  text collate "C" references work_item,
  outcome       text collate "C" not null default 'WAITING' check (outcome in ('WAITING', 'MOVED', 'LEFT', 'FAILED')),
  -- How often moving it failed for another reason than a refusal; it is given up after a few times.
  attempts      smallint not null default 0,
  -- Who has it now, where it was moved.
  to_id         text collate "C" references identity,
  -- Why it went to somebody else than was ordered, or nowhere.
  reason        text collate "C",
  primary key (bulk_move_id, place),
  check (num_nonnulls(approval_id, work_item_id) = 1)
);
create index bulk_move_part_waiting on bulk_move_part (bulk_move_id, attempts, place) where outcome = 'WAITING';
create index bulk_move_part_approval on bulk_move_part (approval_id) where approval_id is not null;
create index bulk_move_part_work_item on bulk_move_part (work_item_id) where work_item_id is not null;

-- True from when somebody left, or got another manager, until no approval waits for the wrong person because of it.
alter table identity add column to_mend boolean not null default false;
create index identity_to_mend on identity (id) where to_mend;

-- What one node does for all now and then, and when it was last begun, in real time.
create table sweep_turn (
  name      text collate "C" primary key,
  taken_at  timestamptz not null
);
