-- The processes that work on this database. draining: it was told to stop and takes no more work.
create table node (
  id uuid primary key,
  host text not null,
  pid integer not null,
  version text not null,
  roles text not null,
  slots integer,
  draining boolean not null,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null
);

create index node_heartbeat on node (heartbeat_at);

-- Events that are still to be relayed to Redis; empty where there is none. A row is written with its event and goes
-- when the event is in the stream. claimed_until: a node is at it.
create table outbox (
  event_id uuid primary key,
  claimed_until timestamptz
);
