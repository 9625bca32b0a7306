-- A value on an account of nobody is removed on command; no assignment stands for it.
alter table provisioning_step alter column assignment_id drop not null;
