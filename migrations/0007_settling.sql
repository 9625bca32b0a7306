-- Slow targets delay nobody else, what is in doubt is found out, what failed is tried again, and people hear of work and of ends.

-- Which target, and which account there, a job has to do with; null for work within our own house.
alter table job
  add column source_id  text collate "C",
  add column account_id text collate "C";
update job j set source_id = p.source_id, account_id = p.account_id from provisioning_step p where j.name = 'run-step' and j.key = p.id;
drop index job_due;
create index job_of_source on job (source_id, run_at, id) where source_id is not null;
create index job_of_ours on job (run_at, id) where source_id is null;
create index job_at_work on job (source_id) where locked_by is not null and source_id is not null;

alter table source
  -- How many jobs may be at work with the target at a time, on all nodes together; null: as many as is usual (COUNTERSIGN_SOURCE_JOBS).
  add column max_jobs     integer check (max_jobs between 1 and 1000),
  -- Real time: the target has asked to be left alone until then.
  add column paused_until timestamptz;

alter table provisioning_step
  -- The target took the last change, and no read has shown it yet.
  add column taken    boolean not null default false,
  -- A change was sent and nobody knows what became of it.
  add column in_doubt boolean not null default false,
  -- Why it is made where no request asked for it: an end date (also null), something left in doubt by one that failed, or drift put right.
  add column cause    text collate "C" check (cause in ('DATE', 'DOUBT', 'DRIFT'));
-- Of steps that were begun before this, nobody can say.
update provisioning_step set in_doubt = true where state = 'SENT';
create index provisioning_step_failed on provisioning_step (source_id) where state = 'FAILED';
create index provisioning_step_assignment on provisioning_step (assignment_id);

-- Work that waits for a person is on its way; VERIFYING is for what a target took and does not show yet.
update requested_item i set state = 'PROVISIONING'
where i.state = 'VERIFYING' and exists (select from provisioning_step p where p.requested_item_id = i.id and p.state = 'BY_HAND');

-- A task that was refused may be given again, as another one.
drop index work_item_step;
create index work_item_step on work_item (step_id);
create unique index work_item_waiting on work_item (step_id) where state = 'PENDING';

-- When the end of an assignment was set: how long before it the holder is told depends on that. Null: when it began.
alter table assignment add column end_set_at timestamptz;

alter table notification
  add column work_item_id text collate "C" references work_item,
  drop constraint notification_kind_check,
  add constraint notification_kind_check check (kind in
    ('APPROVAL_WAITING', 'REMINDER', 'ESCALATED', 'FORWARDED', 'DECIDED', 'DONE', 'ENDING_SOON', 'WORK_WAITING')),
  drop constraint notification_check,
  add constraint notification_check check (num_nonnulls(approval_id, requested_item_id, assignment_id, work_item_id) = 1);
create index notification_work_item on notification (work_item_id) where work_item_id is not null;
create index notification_ended on notification (ended_at) where ended_at is not null;
create index idempotency_key_created on idempotency_key (created_at);
create index outgoing_event_created on outgoing_event (created_at);
create index requested_item_failed on requested_item (finished_at, id) where state in ('PARTLY_PROVISIONED', 'FAILED', 'ERROR');
create index assignment_ending on assignment (id) where state = 'ENDING';
