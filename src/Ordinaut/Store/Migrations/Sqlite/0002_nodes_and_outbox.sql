-- The processes that work on this database. draining: it was told to stop and takes no more work.
create table node (
  id blob primary key,
  host text not null,
  pid integer not null,
  version text not null,
  roles text not null,
  slots integer,
  draining integer not null,
  started_at integer not null,
  heartbeat_at integer not null
) strict, without rowid;

create index node_heartbeat on node (heartbeat_at);

-- Events that are still to be relayed to Redis; empty where there is none. A row is written with its event and goes
-- when the event is in the stream. claimed_until: a node is at it.
create table outbox (
  event_id blob primary key,
  claimed_until integer
) strict, without rowid;
