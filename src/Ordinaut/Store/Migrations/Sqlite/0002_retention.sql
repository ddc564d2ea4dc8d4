-- What retention looks for by age.

create index dedupe_at on dedupe (at);
create index refresh_token_expires on refresh_token (expires_at);
