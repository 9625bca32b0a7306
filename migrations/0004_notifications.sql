-- What people are to be told of by mail: written with the change that causes it, sent a little later.

create table notification (
  id                text collate "C" primary key,
  kind              text collate "C" not null check (kind in
    ('APPROVAL_WAITING', 'REMINDER', 'ESCALATED', 'FORWARDED', 'DECIDED', 'DONE', 'ENDING_SOON')),
  -- Who is told.
  identity_id       text collate "C" not null references identity,
  -- What of: one of these.
  approval_id       text collate "C" references approval,
  requested_item_id text collate "C" references requested_item,
  assignment_id     text collate "C" references assignment,
  -- Which time, where one person may be told of one thing more than once: the number of a reminder, an end date.
  occurrence        text collate "C" not null,
  -- Kind, person, thing and occurrence in one: nobody is told twice.
  once_key          text collate "C" not null,
  state             text collate "C" not null default 'WAITING' check (state in ('WAITING', 'SENT', 'DROPPED', 'FAILED')),
  -- The mail it goes out with. While it waits, a name here says that the mail may have gone out: it is sent again as it was.
  mail_id           text collate "C",
  attempts          integer not null default 0,
  -- Why the last try failed, as a kind and in the server's words; or why it was dropped.
  failure           text collate "C" check (failure in ('unreachable', 'busy', 'refused', 'unknown')),
  last_error        text collate "C",
  leased_by         text collate "C",
  -- Real time, all of these: a held clock must not hold back a mail.
  waiting_since     timestamptz not null default now(),
  leased_until      timestamptz,
  retry_at          timestamptz,
  ended_at          timestamptz,
  created_at        timestamptz not null,
  check (num_nonnulls(approval_id, requested_item_id, assignment_id) = 1)
);
create unique index notification_once on notification (once_key);
create index notification_waiting on notification (identity_id, waiting_since) where state = 'WAITING';
create index notification_held_up on notification (retry_at) where state = 'WAITING' and failure in ('unreachable', 'unknown');
create index notification_failed on notification (ended_at) where state = 'FAILED';
create index notification_mail on notification (mail_id) where mail_id is not null;
create index notification_approval on notification (approval_id) where approval_id is not null;
create index notification_requested_item on notification (requested_item_id) where requested_item_id is not null;
create index notification_assignment on notification (assignment_id) where assignment_id is not null;
