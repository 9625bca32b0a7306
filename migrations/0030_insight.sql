-- What is counted over a span of time is read off an index of that time.
create index requested_item_finished on requested_item (finished_at) where finished_at is not null;
create index approval_decided_at on approval (decided_at) where decided_at is not null;
create index provisioning_step_created on provisioning_step (created_at);
