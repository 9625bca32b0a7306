-- Reminders, escalation and expiry of open approvals, and approvers who cannot answer any more.

-- What has happened to an approval; what is due next stands in remind_at, escalate_at and expires_at.
alter table approval
  add column reminders_sent integer not null default 0,
  add column escalations integer not null default 0,
  -- When those who hold it now began to: the creation or the last escalation. Null, for rows older than this: the creation.
  add column round_started_at timestamptz,
  -- Whom the step's rule names (for MANAGER the recipient's manager, while that stays the same), and who answers by that rule.
  add column named_id text collate "C" references identity,
  add column rule_holder_id text collate "C" references identity;

update approval a set named_id = r.manager_id, rule_holder_id = a.owner_id
from requested_item i join identity r on r.id = i.recipient_id
where i.id = a.requested_item_id and a.state = 'PENDING' and a.scheme = 'MANAGER';

create index approval_due on approval (least(remind_at, escalate_at, expires_at)) where state = 'PENDING';
create index approval_of_manager on approval (requested_item_id, named_id) where state = 'PENDING' and scheme = 'MANAGER';
create index identity_inactive on identity (id) where status = 'INACTIVE';
