-- Personal access tokens are clients that speak for a person.

-- True for clients that the product itself makes; they do not count among a person's own.
alter table oauth_client add column managed boolean not null default false;
-- Somebody who left out the end said that they know what that means.
alter table oauth_client add column never_expires_confirmed boolean not null default false;
