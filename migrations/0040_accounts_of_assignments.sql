-- An entitlement that is held knows its account, also where a request gave it before this was noted.

update assignment a set account_id = g.account_id
from assignment_grant ag join access_grant g on g.id = ag.grant_id
where ag.assignment_id = a.id and a.item_type = 'ENTITLEMENT' and a.account_id is null and g.entitlement_id = a.item_id;
