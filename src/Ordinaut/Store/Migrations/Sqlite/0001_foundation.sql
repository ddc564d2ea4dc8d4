-- Ids are 16 big-endian bytes (UUIDv7), instants integer microseconds since 1970 UTC, JSON is text.

-- limits: what it may not, whatever its scopes say, as JSON.
create table agent (
  id blob primary key,
  name text not null unique,
  scopes text not null,
  status text not null,
  secret_hash blob,
  webhook_url text,
  token_epoch integer not null default 0,
  weight integer not null default 1,
  limits text not null default '{}',
  created_by blob,
  created_at integer not null,
  updated_at integer not null
) strict, without rowid;

create index agent_stopped on agent (id) where status <> 'active';

-- What should happen: the narrow, changing part. The schedule's cursor is next_nominal; next_due is when the
-- scheduler looks at it (nominal + jitter, or later when snoozed). Null means: nothing to come.
-- depth: how many runs led to one another before one of them made this task; 0 when nobody's run did. Then parent is the
-- task whose run it was, and root the first of the line.
create table task (
  id blob primary key,
  owner_id blob not null,
  status text not null,
  kind text not null,
  version integer not null,
  next_nominal integer,
  next_due integer,
  topic_head text,
  snoozed_until integer,
  check_state integer,
  depth integer not null default 0,
  parent_task_id blob,
  root_task_id blob,
  created_at integer not null,
  updated_at integer not null
) strict, without rowid;

create index task_due on task (owner_id, next_due) where next_due is not null;
create index task_owner on task (owner_id, id);
create index task_topic on task (topic_head, owner_id) where topic_head is not null;
create index task_listener on task (owner_id) where topic_head is not null;
create index task_parent on task (parent_task_id, id) where parent_task_id is not null;

-- What should happen: the text of each version, never changed. A run pins the version it started with. granted: the most
-- that its runs may, as JSON.
create table task_version (
  task_id blob not null,
  version integer not null,
  title text not null,
  settings text not null,
  payload text not null,
  granted text not null,
  created_by blob not null,
  created_at integer not null,
  primary key (task_id, version)
) strict, without rowid;

-- What waits for approval: the text of a new task, which has the status proposed until then, or of an edit, beside which
-- the approved version goes on.
create table proposal (
  task_id blob primary key,
  owner_id blob not null,
  proposed_by blob not null,
  settings text not null,
  payload text not null,
  granted text not null,
  runs_late integer not null,
  digest text not null,
  created_at integer not null
) strict, without rowid;

create index proposal_owner on proposal (owner_id);

create table task_tag (
  owner_id blob not null,
  tag text not null,
  task_id blob not null,
  primary key (owner_id, tag, task_id)
) strict, without rowid;

create index task_tag_task on task_tag (task_id);

-- The ledger: what became of each nominal firing. The primary key is the once-only guarantee for every source:
-- key is '' for the schedule, else it names the event, the request or the backfill.
-- A row without a run says why there was none; through and count let one row tell of a stretch.
create table occurrence (
  task_id blob not null,
  scheduled_for integer not null,
  key text not null,
  run_id blob,
  reason text,
  through integer,
  count integer not null,
  detail text,
  recorded_at integer not null,
  primary key (task_id, scheduled_for, key)
) strict, without rowid;

create index occurrence_recorded on occurrence (recorded_at);

-- Live runs only, narrow, gone when finished. slot is what overlap and concurrency limits count by: the task's own
-- id, or a digest of the concurrency key.
-- state: 0 ready, 1 held (waits for its slot), 2 leased, 3 delayed (waits for its due instant; with waiting = 1 a
-- step waits, and an answer may come first).
create table queue (
  run_id blob primary key,
  task_id blob not null,
  owner_id blob not null,
  task_version integer not null,
  trigger text not null,
  occurrence_key text not null,
  scheduled_for integer not null,
  state integer not null,
  priority integer not null,
  due integer not null,
  expires_at integer,
  slot blob not null,
  slot_limit integer not null,
  epoch integer not null default 0,
  attempt integer not null default 1,
  silent_deaths integer not null default 0,
  depth integer not null default 0,
  cancel_requested integer not null default 0,
  lease_owner text,
  leased_until integer,
  started_at integer,
  claimed_at integer,
  resumed_at integer,
  waiting integer not null default 0,
  created_at integer not null
) strict, without rowid;

create index queue_ready on queue (owner_id, priority, due) where state = 0;
create index queue_leased on queue (leased_until) where state = 2;
create index queue_delayed on queue (due) where state = 3;
create index queue_held on queue (slot, priority, due) where state = 1;
create index queue_slot on queue (slot);
create index queue_task on queue (task_id) where slot <> task_id;
create index queue_owner on queue (owner_id, run_id);
create index queue_cancel on queue (lease_owner) where cancel_requested = 1;

-- What a run was given beyond its task: changed params, the event, the condition's result.
create table run_input (
  run_id blob primary key,
  input text not null
) strict, without rowid;

-- History: one row for each finished run, written once.
create table run (
  id blob primary key,
  task_id blob not null,
  owner_id blob not null,
  task_version integer not null,
  trigger text not null,
  occurrence_key text not null,
  scheduled_for integer not null,
  state text not null,
  attempt integer not null,
  epoch integer not null,
  depth integer not null,
  lease_owner text,
  error_code text,
  error_message text,
  error_step text,
  started_at integer,
  claimed_at integer,
  finished_at integer not null,
  created_at integer not null
) strict, without rowid;

create index run_task on run (task_id, id);
create index run_owner on run (owner_id, id);
create index run_redrive on run (id) where state in ('failed', 'quarantined');

-- Attempts that ended without finishing their run; the last one is the run itself.
create table attempt (
  run_id blob not null,
  attempt integer not null,
  epoch integer not null,
  lease_owner text,
  started_at integer,
  ended_at integer not null,
  error_code text not null,
  error_message text not null,
  error_step text,
  retry_at integer,
  primary key (run_id, attempt, epoch)
) strict, without rowid;

-- Steps, each written when it has finished, or before its effect when a repetition could matter. Places sort as steps do.
create table step (
  run_id blob not null,
  place text not null,
  id text not null,
  uses text not null,
  state text not null,
  attempt integer not null,
  epoch integer not null,
  started_at integer,
  finished_at integer,
  input text,
  output text,
  error text,
  gate text,
  wake_at integer,
  awaits text,
  answer text,
  primary key (run_id, place)
) strict, without rowid;

-- Answers to come for waiting steps, by the key that names each: a signal's token, an approval, another run.
create table wait (
  key text primary key,
  owner_id blob not null,
  run_id blob not null,
  place text,
  answer text,
  expires_at integer not null,
  created_at integer not null
) strict, without rowid;

create index wait_run on wait (run_id);
create index wait_expires on wait (expires_at);

-- request_key: the step that asks, while it waits; a repeated request finds it.
create table approval (
  id blob primary key,
  owner_id blob not null,
  run_id blob not null,
  task_id blob not null,
  step_id text not null,
  title text not null,
  message text,
  action text,
  digest text not null,
  state text not null,
  goes_on integer not null,
  expires_at integer not null,
  decided_by blob,
  decided_at integer,
  comment text,
  request_key text unique,
  created_at integer not null
) strict, without rowid;

create index approval_owner on approval (owner_id, id);
create index approval_run on approval (run_id);

-- Facts. A row here is in the same transaction as the runs it triggers.
create table event (
  id blob primary key,
  owner_id blob not null,
  topic text not null,
  payload text not null,
  source text not null,
  depth integer not null,
  triggered integer not null,
  created_at integer not null
) strict, without rowid;

create index event_owner on event (owner_id, id);

create table audit (
  -- The order in which lines were written, by which they are sealed.
  tx integer primary key autoincrement,
  id blob not null unique,
  actor_id blob not null,
  action text not null,
  noun text not null,
  subject_id text not null,
  owner_id blob,
  request_id text,
  detail text,
  at integer not null
) strict;

-- What ties the log's lines together, in order; each hash covers the one before.
create table audit_block (
  number integer primary key,
  from_tx integer not null,
  until_tx integer not null,
  tx_offset integer not null,
  lines integer not null,
  previous blob not null,
  hash blob not null,
  signature text not null,
  at integer not null
) strict;

create index audit_block_until on audit_block (until_tx);
create index audit_block_at on audit_block (at);

create trigger audit_unchanged before update on audit begin
  select raise(abort, 'audit: what was written stays');
end;

create trigger audit_kept before delete on audit
when exists (select 1 from audit_block b where b.until_tx > old.tx and b.from_tx <= old.tx)
begin
  select raise(abort, 'audit: what was written stays');
end;

create trigger audit_block_unchanged before update on audit_block begin
  select raise(abort, 'audit: what was sealed stays');
end;

create index audit_subject on audit (subject_id, id);
create index audit_actor on audit (actor_id, id);

-- The answer to a POST that carried an Idempotency-Key, kept for 24 hours.
create table idempotency (
  agent_id blob not null,
  key text not null,
  operation text not null,
  request_hash blob not null,
  answer text not null,
  created_at integer not null,
  primary key (agent_id, key)
) strict, without rowid;

create index idempotency_created on idempotency (created_at);

-- When a dedupe key last let a run through.
create table dedupe (
  owner_id blob not null,
  key text not null,
  at integer not null,
  primary key (owner_id, key)
) strict, without rowid;

create index dedupe_at on dedupe (at);

create table calendar (
  owner_id blob not null,
  name text not null,
  version integer not null,
  entries text not null,
  updated_at integer not null,
  primary key (owner_id, name)
) strict, without rowid;

-- Agents' secrets. sealed: the value under a key of its own; wrapped_key: that key under the key that key_id names. Both
-- are bound to owner, name, version, tools and hosts, so that no row can stand in for another.
create table secret (
  owner_id blob not null,
  name text not null,
  version integer not null,
  description text not null,
  tools text not null,
  hosts text not null,
  key_id text not null,
  wrapped_key blob not null,
  sealed blob not null,
  created_at integer not null,
  updated_at integer not null,
  last_used_at integer,
  primary key (owner_id, name)
) strict, without rowid;

-- Refresh tokens by hash; a used one that comes again ends its family.
create table refresh_token (
  hash blob primary key,
  family blob not null,
  agent_id blob not null,
  scopes text not null,
  -- The OAuth client that it was issued to, and that alone may use it; null for the agent itself.
  client_id text,
  used_at integer,
  expires_at integer not null
) strict, without rowid;

create index refresh_token_family on refresh_token (family);
create index refresh_token_agent on refresh_token (agent_id);
create index refresh_token_expires on refresh_token (expires_at);

-- Programs that ask people for tokens and were registered here; all are public, known by where they send people back to.
create table oauth_client (
  id blob primary key,
  name text not null,
  redirect_uris text not null,
  created_by blob not null,
  created_at integer not null
) strict, without rowid;

-- What a person consented to, by the hash of the code that is exchanged for it. A used one stays for a while: if it
-- comes again, the family of tokens that it gave ends.
create table authorization_code (
  hash blob primary key,
  family blob not null,
  client_id text not null,
  agent_id blob not null,
  scopes text not null,
  redirect_uri text not null,
  challenge text not null,
  resource text,
  used_at integer,
  expires_at integer not null
) strict, without rowid;

create index authorization_code_expires on authorization_code (expires_at);

-- How a person signs in as an agent: by name and password (Argon2id), by what an OpenID provider calls them, or both.
create table account (
  agent_id blob primary key,
  login text unique,
  password text,
  issuer text,
  subject text,
  updated_at integer not null
) strict, without rowid;

create unique index account_identity on account (issuer, subject);

-- Browsers in which a person is signed in, by the hash of their cookie.
create table web_session (
  hash blob primary key,
  agent_id blob not null,
  expires_at integer not null
) strict, without rowid;

create index web_session_agent on web_session (agent_id);
create index web_session_expires on web_session (expires_at);

-- The keys that tokens are signed with, and blocks of the audit log. sealed: the private part, as an agent's secret is; with
-- key_id '' it lies in clear, for want of a key to seal it with. signs_at: from when on, ends_at: until when tokens by it are
-- valid.
create table signing_key (
  id text primary key,
  public_key blob not null,
  key_id text not null,
  wrapped_key blob not null,
  sealed blob not null,
  created_at integer not null,
  signs_at integer not null,
  ends_at integer
) strict, without rowid;

-- How much of a limit that is counted by day (since 1970, UTC) is used up: fires of an agent, tasks made by a task's runs,
-- tokens spent on language models by agents, tasks and runs (a run's day is that of its making; what is being spent counts
-- at its most).
create table daily_use (
  subject_id blob not null,
  kind text not null,
  day integer not null,
  used integer not null,
  primary key (subject_id, kind, day)
) strict, without rowid;

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

-- Where agents have their events sent. failing_since: the first failure since the last success; given_up: events that
-- failed too often. What it listens to is in webhook_topic while it is active, as patterns of LIKE that let through what
-- the topics do and perhaps more.
create table webhook (
  id blob primary key,
  owner_id blob not null,
  url text not null,
  topics text not null,
  description text not null,
  status text not null,
  last_error text,
  last_success_at integer,
  failing_since integer,
  given_up integer not null default 0,
  created_at integer not null,
  updated_at integer not null
) strict, without rowid;

create index webhook_owner on webhook (owner_id, id);

create table webhook_topic (
  owner_id blob not null,
  webhook_id blob not null,
  pattern text not null,
  primary key (owner_id, webhook_id, pattern)
) strict, without rowid;

-- An event that is to be sent to a webhook; written with the event, gone when it was taken or given up. Whoever sends it
-- moves due ahead first: who dies meanwhile leaves it to others.
create table delivery (
  webhook_id blob not null,
  event_id blob not null,
  owner_id blob not null,
  attempt integer not null,
  due integer not null,
  primary key (webhook_id, event_id)
) strict, without rowid;

create index delivery_due on delivery (owner_id, due);

-- What should be heard of again and again: of a task, that it succeeded; of something outside, that it called (token_hash
-- is of the address it calls). since: what the wait counts from, which is the last word, or when the monitor was made.
-- due: when to look; null: nothing is to come.
create table monitor (
  id blob primary key,
  owner_id blob not null,
  name text not null,
  task_id blob,
  token_hash blob,
  every_seconds integer,
  grace_seconds integer not null,
  severity text not null,
  paused integer not null,
  since integer not null,
  heard_at integer,
  due integer,
  created_at integer not null
) strict, without rowid;

create unique index monitor_token on monitor (token_hash);
create index monitor_due on monitor (due) where due is not null;
create index monitor_owner on monitor (owner_id, id);
create index monitor_task on monitor (task_id) where task_id is not null;

-- What is wrong, or was. state: firing, acknowledged (somebody knows, and it is still so) or resolved; of a source one at
-- most is open.
create table alert (
  id blob primary key,
  owner_id blob not null,
  source text not null,
  source_id blob not null,
  severity text not null,
  title text not null,
  detail text not null,
  state text not null,
  since integer not null,
  seen_at integer not null,
  acknowledged_by blob,
  acknowledged_at integer,
  resolved_at integer
) strict, without rowid;

create unique index alert_open on alert (source, source_id) where state <> 'resolved';
create index alert_owner on alert (owner_id, id);
create index alert_resolved on alert (resolved_at) where resolved_at is not null;

-- What became of an alert's news at each webhook: waiting, delivered, or given_up.
create table alert_delivery (
  event_id blob not null,
  webhook_id blob not null,
  owner_id blob not null,
  alert_id blob not null,
  topic text not null,
  state text not null,
  attempt integer not null,
  error text,
  at integer not null,
  primary key (event_id, webhook_id)
) strict, without rowid;

create index alert_delivery_alert on alert_delivery (alert_id);
create index alert_delivery_webhook on alert_delivery (webhook_id) where state = 'waiting';

-- Where the world outside may publish an event.
create table hook (
  id blob primary key,
  owner_id blob not null,
  topic text not null,
  description text not null,
  created_at integer not null
) strict, without rowid;

create index hook_owner on hook (owner_id, id);

-- What messages of webhooks and to hooks are signed with, under the id of either; sealed as agents' secrets are.
create table signing_secret (
  id blob primary key,
  owner_id blob not null,
  version integer not null,
  key_id text not null,
  wrapped_key blob not null,
  sealed blob not null
) strict, without rowid;

-- Where tools come from beside the program itself. kind: server (MCP) or http (one tool); settings as they were given,
-- which name secrets and never hold them.
create table tool_source (
  kind text not null,
  name text not null,
  settings text not null,
  from_file integer not null,
  updated_at integer not null,
  owner_id blob,
  primary key (kind, name)
) strict, without rowid;

-- What each tool of a server said of itself when it was accepted; offered is what it says now, where that differs
-- ('null' where it is no longer offered), and suspends it.
create table tool_pin (
  server text not null,
  tool text not null,
  pinned text not null,
  offered text,
  primary key (server, tool)
) strict, without rowid;

-- One row: counts the changes of the two tables above, so that other processes notice them.
create table tool_revision (
  id integer primary key,
  changes integer not null
) strict;

-- How much the nodes are to log for a while; a part of the program, or 'all'.
create table log_level (
  part text primary key,
  level integer not null,
  until integer not null
) strict, without rowid;

-- One row. cluster_id: stays with all copies. incarnation: counts the lives of the cluster; a restore begins a new one,
-- and its instant (restored_at) is what tells it from other copies of the same backup. state: active; paused, as a restored
-- database is: nothing fires; taking_over: it is to become active at the next start. settles: whether what came between
-- the backup and the takeover is held back ('hold') or goes on as after a crash ('run'). backup_keep_days: how long backups are kept; null: none are made.
create table cluster (
  id integer primary key,
  cluster_id blob not null,
  incarnation integer not null,
  state text not null,
  settles text not null,
  restored_to integer,
  restored_at integer,
  backup_keep_days integer
) strict;

insert into cluster (id, cluster_id, incarnation, state, settles) values (1, randomblob(16), 1, 'active', 'hold');
