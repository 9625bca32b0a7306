-- Whoever is asked last is an active org admin: they are looked up with every request, among however many people there are.
create index identity_active_admin on identity (id) where is_admin and status = 'ACTIVE';
