-- How many runs led to one another before one of them made this task; 0 when a person or program outside did.

alter table task add column depth integer not null default 0;
