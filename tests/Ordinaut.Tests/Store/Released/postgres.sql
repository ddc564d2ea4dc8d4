prepare s0 (uuid, timestamptz) as
delete from account where agent_id = $1
--
prepare s1 (uuid, timestamptz) as
delete from account where agent_id = $1
--
prepare s2 (uuid, timestamptz) as
delete from agent where id = $1 and status = 'erased'
--
prepare s3 (unknown, timestamptz) as
delete from alert using unnest($1::uuid[]) as each(p1) where alert.id = any(array[each.p1])
--
prepare s4 (unknown, timestamptz) as
delete from alert where id in (select id from alert where resolved_at < $1 order by resolved_at limit 500)
--
prepare s5 (unknown, timestamptz) as
delete from alert_delivery using unnest($1::uuid[]) as each(p1) where alert_id = any(array[each.p1])
--
prepare s6 (unknown, timestamptz) as
delete from alert_delivery where alert_id in (select id from alert where resolved_at < $1 order by resolved_at limit 500)
--
prepare s7 (uuid, uuid, timestamptz) as
delete from alert_delivery where event_id = $1 and webhook_id = $2
--
prepare s8 (unknown, timestamptz) as
delete from approval using unnest($1::uuid[]) as each(p1) where run_id = any(array[each.p1])
--
prepare s9 (unknown, timestamptz) as
delete from approval where id in (
  select a.id from approval a
  where a.run_id < $1 and not exists (select 1 from run r where r.id = a.run_id)
    and not exists (select 1 from queue q where q.run_id = a.run_id)
  order by a.run_id limit 500)
--
prepare s10 (uuid, timestamptz) as
delete from approval where owner_id = $1
--
prepare s11 (unknown, timestamptz) as
delete from attempt using unnest($1::uuid[]) as each(p1) where run_id = any(array[each.p1])
--
prepare s12 (unknown, unknown, timestamptz) as
delete from attempt where run_id in (select id from run where id < $1 and finished_at < $2 order by id limit 500)
--
prepare s13 (unknown, timestamptz) as
delete from audit where id in (
  select id from audit
  where tx < (select from_tx from audit_block order by number limit 1) order by tx limit $1)
--
prepare s14 (unknown, timestamptz) as
delete from audit_block where number < (
  select number from audit_block where at < $1 order by at desc limit 1)
--
prepare s15 (timestamptz) as
delete from authorization_code
--
prepare s16 (uuid, timestamptz) as
delete from authorization_code where agent_id = $1
--
prepare s17 (text, timestamptz) as
delete from authorization_code where client_id = $1
--
prepare s18 (unknown, unknown, timestamptz) as
delete from authorization_code where hash in
  (select hash from authorization_code where expires_at < $1 limit $2)
--
prepare s19 (uuid, timestamptz) as
delete from calendar where owner_id = $1
--
prepare s20 (uuid, text, timestamptz) as
delete from calendar where owner_id = $1 and name = $2
--
prepare s21 (unknown, timestamptz) as
delete from daily_use using unnest($1::uuid[]) as each(p1) where subject_id = any(array[each.p1])
--
prepare s22 (bigint, unknown, timestamptz) as
delete from daily_use where (subject_id, kind, day) in (
  select subject_id, kind, day from daily_use
  where day < $1 and not exists (select 1 from queue where run_id = subject_id) limit $2)
--
prepare s23 (uuid, timestamptz) as
delete from daily_use where subject_id = $1
--
prepare s24 (unknown, timestamptz) as
delete from dedupe where (owner_id, key) in (select owner_id, key from dedupe where at <= $1 limit 500)
--
prepare s25 (uuid, timestamptz) as
delete from dedupe where owner_id = $1
--
prepare s26 (timestamptz) as
delete from delivery
--
prepare s27 (unknown, timestamptz) as
delete from delivery using unnest($1::uuid[]) as each(p1) where event_id = any(array[each.p1])
--
prepare s28 (unknown, timestamptz) as
delete from delivery using unnest($1::uuid[]) as each(p1) where webhook_id = any(array[each.p1])
--
prepare s29 (unknown, timestamptz) as
delete from delivery where event_id < $1
--
prepare s30 (uuid, timestamptz) as
delete from delivery where webhook_id = $1
--
prepare s31 (uuid, uuid, timestamptz) as
delete from delivery where webhook_id = $1 and event_id = $2
--
prepare s32 (unknown, timestamptz) as
delete from event using unnest($1::uuid[]) as each(p1) where event.id = any(array[each.p1])
--
prepare s33 (unknown, timestamptz) as
delete from event where id in (select id from event where id < $1 limit 500)
--
prepare s34 (unknown, timestamptz) as
delete from hook using unnest($1::uuid[]) as each(p1) where hook.id = any(array[each.p1])
--
prepare s35 (uuid, timestamptz) as
delete from hook where id = $1
--
prepare s36 (unknown, timestamptz) as
delete from idempotency where (agent_id, key) in (
  select agent_id, key from idempotency where created_at < $1 limit 500)
--
prepare s37 (uuid, timestamptz) as
delete from idempotency where agent_id = $1
--
prepare s38 (text, timestamptz) as
delete from log_level where part = $1 or until <= $2
--
prepare s39 (unknown, timestamptz) as
delete from monitor using unnest($1::uuid[]) as each(p1) where monitor.id = any(array[each.p1])
--
prepare s40 (uuid, timestamptz) as
delete from monitor where id = $1
--
prepare s41 (timestamptz) as
delete from node
--
prepare s42 (uuid, timestamptz) as
delete from node where id <> $1
--
prepare s43 (uuid, timestamptz) as
delete from node where id = $1
--
prepare s44 (unknown, unknown, timestamptz) as
delete from node where id in (
  select id from node where heartbeat_at < $1 order by heartbeat_at limit $2)
--
prepare s45 (unknown, timestamptz) as
delete from oauth_client using unnest($1::uuid[]) as each(p1) where oauth_client.id = any(array[each.p1])
--
prepare s46 (uuid, timestamptz) as
delete from oauth_client where id = $1
--
prepare s47 (unknown, timestamptz) as
delete from occurrence using unnest($1::uuid[]) as each(p1) where task_id = any(array[each.p1])
--
prepare s48 (timestamptz, timestamptz) as
delete from occurrence where (task_id, scheduled_for, key) in (
  select task_id, scheduled_for, key from occurrence where recorded_at < $1 limit 500)
--
prepare s49 (unknown, timestamptz) as
delete from outbox using unnest($1::uuid[]) as each(p1) where event_id = any(array[each.p1])
--
prepare s50 (unknown, timestamptz) as
delete from outbox using unnest($1::uuid[]) as each(p1) where event_id = any(array[each.p1])
--
prepare s51 (unknown, timestamptz) as
delete from outbox where event_id in (select event_id from outbox where event_id < $1 limit 500)
--
prepare s52 (unknown, timestamptz) as
delete from proposal using unnest($1::uuid[]) as each(p1) where task_id = any(array[each.p1])
--
prepare s53 (uuid, timestamptz) as
delete from proposal where task_id = $1
--
prepare s54 (unknown, timestamptz) as
delete from queue using unnest($1::uuid[]) as each(p1) where run_id = any(array[each.p1])
--
prepare s55 (unknown, unknown, unknown, timestamptz) as
delete from queue using unnest($1::uuid[], $2::bigint[], $3::bigint[]) as each(p1, p2, p3) where run_id = any(array[each.p1]) and epoch = any(array[each.p2]) and state = any(array[each.p3])
--
prepare s56 (timestamptz) as
delete from queue where run_id in (select run_id from queue limit 10000)
--
prepare s57 (timestamptz) as
delete from refresh_token
--
prepare s58 (uuid, timestamptz) as
delete from refresh_token where agent_id = $1
--
prepare s59 (uuid, timestamptz) as
delete from refresh_token where agent_id = $1 and client_id is not null
--
prepare s60 (uuid, timestamptz) as
delete from refresh_token where agent_id = $1
--
prepare s61 (text, timestamptz) as
delete from refresh_token where client_id = $1
--
prepare s62 (uuid, timestamptz) as
delete from refresh_token where family = $1
--
prepare s63 (unknown, timestamptz) as
delete from refresh_token where hash in
  (select hash from refresh_token where expires_at < $2 limit $1)
--
prepare s64 (unknown, timestamptz) as
delete from run using unnest($1::uuid[]) as each(p1) where run.id = any(array[each.p1])
--
prepare s65 (uuid, timestamptz) as
delete from run where id = $1
--
prepare s66 (unknown, unknown, timestamptz) as
delete from run where id in (select id from run where id < $1 and finished_at < $2 order by id limit 500)
--
prepare s67 (unknown, timestamptz) as
delete from run_input using unnest($1::uuid[]) as each(p1) where run_id = any(array[each.p1])
--
prepare s68 (unknown, timestamptz) as
delete from run_input where run_id in (
  select i.run_id from run_input i
  where i.run_id < $1 and not exists (select 1 from run r where r.id = i.run_id)
    and not exists (select 1 from queue q where q.run_id = i.run_id)
  order by i.run_id limit 500)
--
prepare s69 (uuid, timestamptz) as
delete from secret where owner_id = $1
--
prepare s70 (uuid, text, timestamptz) as
delete from secret where owner_id = $1 and name = $2
--
prepare s71 (unknown, timestamptz) as
delete from signing_secret using unnest($1::uuid[]) as each(p1) where signing_secret.id = any(array[each.p1])
--
prepare s72 (uuid, timestamptz) as
delete from signing_secret where id = $1
--
prepare s73 (unknown, timestamptz) as
delete from step using unnest($1::uuid[]) as each(p1) where run_id = any(array[each.p1])
--
prepare s74 (uuid, timestamptz) as
delete from step where run_id = $1 and state not in ('succeeded', 'skipped')
--
prepare s75 (unknown, unknown, timestamptz) as
delete from step where run_id in (select id from run where id < $1 and finished_at < $2 order by id limit 500)
--
prepare s76 (unknown, timestamptz) as
delete from task using unnest($1::uuid[]) as each(p1) where task.id = any(array[each.p1])
--
prepare s77 (uuid, timestamptz) as
delete from task where id = $1
--
prepare s78 (unknown, timestamptz) as
delete from task_tag using unnest($1::uuid[]) as each(p1) where task_id = any(array[each.p1])
--
prepare s79 (uuid, timestamptz) as
delete from task_tag where task_id = $1
--
prepare s80 (unknown, timestamptz) as
delete from task_version using unnest($1::uuid[]) as each(p1) where task_id = any(array[each.p1])
--
prepare s81 (uuid, timestamptz) as
delete from task_version where task_id = $1
--
prepare s82 (text, timestamptz) as
delete from tool_pin where server = $1
--
prepare s83 (text, text, timestamptz) as
delete from tool_pin where server = $1 and tool = $2
--
prepare s84 (uuid, timestamptz) as
delete from tool_pin where server in (
  select name from tool_source where owner_id = $1 and kind = 'server')
--
prepare s85 (timestamptz) as
delete from tool_source
--
prepare s86 (text, text, timestamptz) as
delete from tool_source where kind = $1 and name = $2
--
prepare s87 (uuid, timestamptz) as
delete from tool_source where owner_id = $1
--
prepare s88 (unknown, timestamptz) as
delete from wait using unnest($1::uuid[]) as each(p1) where run_id = any(array[each.p1])
--
prepare s89 (text, timestamptz) as
delete from wait where key = $1
--
prepare s90 (unknown, timestamptz) as
delete from wait where key in (select key from wait where expires_at < $1 limit 500)
--
prepare s91 (uuid, timestamptz) as
delete from wait where owner_id = $1
--
prepare s92 (uuid, timestamptz) as
delete from wait where run_id = $1
--
prepare s93 (timestamptz) as
delete from web_session
--
prepare s94 (uuid, timestamptz) as
delete from web_session where agent_id = $1
--
prepare s95 (uuid, bytea, timestamptz) as
delete from web_session where agent_id = $1 and hash <> $2
--
prepare s96 (uuid, timestamptz) as
delete from web_session where agent_id = $1
--
prepare s97 (bytea, timestamptz) as
delete from web_session where hash = $1
--
prepare s98 (unknown, timestamptz) as
delete from web_session where hash in
  (select hash from web_session where expires_at < $2 limit $1)
--
prepare s99 (unknown, timestamptz) as
delete from webhook using unnest($1::uuid[]) as each(p1) where webhook.id = any(array[each.p1])
--
prepare s100 (uuid, timestamptz) as
delete from webhook where id = $1
--
prepare s101 (unknown, timestamptz) as
delete from webhook_topic using unnest($1::uuid[]) as each(p1) where webhook_id = any(array[each.p1])
--
prepare s102 (uuid, uuid, timestamptz) as
delete from webhook_topic where owner_id = $1 and webhook_id = $2
--
prepare s103 (uuid, text, text, text, text, timestamptz) as
insert into account (agent_id, login, password, issuer, subject, updated_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (agent_id) do update set
  login = excluded.login, password = excluded.password, issuer = excluded.issuer,
  subject = excluded.subject, updated_at = excluded.updated_at
--
prepare s104 (uuid, text, text, text, bytea, text, bigint, text, uuid, timestamptz) as
insert into agent
  (id, name, scopes, status, secret_hash, webhook_url, token_epoch, weight, limits, created_by, created_at,
   updated_at)
values (
  $1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $10)
--
prepare s105 (uuid, uuid, text, uuid, text, text, text, timestamptz) as
insert into alert (id, owner_id, source, source_id, severity, title, detail, state, since, seen_at)
values ($1, $2, $3, $4, $5, $6, $7, 'firing', $8, $8)
on conflict (source, source_id) where state <> 'resolved' do nothing
--
prepare s106 (uuid, text, uuid, timestamptz) as
insert into alert_delivery (event_id, webhook_id, owner_id, alert_id, topic, state, attempt, at)
select d.event_id, d.webhook_id, d.owner_id, $1, $2, 'waiting', 0, $4
from delivery d where d.event_id = $3
--
prepare s107 (uuid, uuid, uuid, uuid, text, text, text, text, text, boolean, timestamptz, text, timestamptz) as
insert into approval (
  id, owner_id, run_id, task_id, step_id, title, message, action, digest, state, goes_on, expires_at,
  request_key, created_at)
values (
  $1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10,
  $11, $12, $13)
on conflict (request_key) do nothing
--
prepare s108 (uuid, timestamptz) as
insert into attempt (
  run_id, attempt, epoch, lease_owner, started_at, ended_at, error_code, error_message, error_step)
select id, attempt, epoch, lease_owner, claimed_at, finished_at, error_code, error_message, error_step
from run where id = $1 and error_code is not null
on conflict (run_id, attempt, epoch) do nothing
--
prepare s109 (uuid, bigint, bigint, text, timestamptz, text, text, text, timestamptz, timestamptz) as
insert into attempt (
  run_id, attempt, epoch, lease_owner, started_at, ended_at, error_code, error_message, error_step, retry_at)
values (
  $1, $2, $3, $4, $5, $10, $6, $7, $8,
  $9)
on conflict (run_id, attempt, epoch) do nothing
--
prepare s110 (unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, timestamptz) as
insert into audit (id, actor_id, action, noun, subject_id, owner_id, request_id, detail, at)
select each.p1, each.p2, each.p3, each.p4, each.p5, each.p6, each.p7, each.p8, $9 from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[]) as each(p1, p2, p3, p4, p5, p6, p7, p8)
--
prepare s111 (bigint, bigint, bigint, bigint, bigint, bytea, bytea, text, timestamptz, timestamptz) as
insert into audit_block (number, from_tx, until_tx, tx_offset, lines, previous, hash, signature, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (number) do nothing
--
prepare s112 (bytea, uuid, text, uuid, text, text, text, text, timestamptz, timestamptz) as
insert into authorization_code
  (hash, family, client_id, agent_id, scopes, redirect_uri, challenge, resource, used_at, expires_at)
values (
  $1, $2, $3, $4, $5, $6, $7, $8, null, $9)
--
prepare s113 (uuid, text, text, timestamptz) as
insert into calendar (owner_id, name, version, entries, updated_at) values ($1, $2, 1, $3, $4)
on conflict (owner_id, name) do update set
  version = calendar.version + 1, entries = excluded.entries, updated_at = excluded.updated_at
--
prepare s114 (uuid, text, bigint, bigint, unknown, timestamptz) as
insert into daily_use (subject_id, kind, day, used) values ($1, $2, $3, $4)
on conflict (subject_id, kind, day) do update set used = daily_use.used + excluded.used
where daily_use.used + excluded.used <= $5
--
prepare s115 (uuid, text, unknown, timestamptz) as
insert into dedupe (owner_id, key, at) values ($1, $2, $4)
on conflict (owner_id, key) do update set at = excluded.at where dedupe.at <= $3
--
prepare s116 (unknown, unknown, unknown, timestamptz) as
insert into delivery (webhook_id, event_id, owner_id, attempt, due)
select t.webhook_id, each.p1, t.owner_id, 0, $4 from webhook_topic t , unnest($1::uuid[], $2::uuid[], $3::text[]) as each(p1, p2, p3)
where t.owner_id = any(array[each.p2]) and each.p3 like t.pattern escape '\'
on conflict (webhook_id, event_id) do nothing
--
prepare s117 (unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, timestamptz) as
insert into event (id, owner_id, topic, payload, depth, source, triggered, created_at)
select each.p1, each.p2, each.p3, each.p4, each.p5, each.p6, each.p7, each.p8 from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::timestamptz[]) as each(p1, p2, p3, p4, p5, p6, p7, p8)
--
prepare s118 (uuid, uuid, text, text, timestamptz) as
insert into hook (id, owner_id, topic, description, created_at)
values ($1, $2, $3, $4, $5)
--
prepare s119 (unknown, unknown, unknown, unknown, unknown, timestamptz) as
insert into idempotency (agent_id, key, operation, request_hash, answer, created_at)
select each.p1, each.p2, each.p3, each.p4, each.p5, $6 from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::text[]) as each(p1, p2, p3, p4, p5)
--
prepare s120 (text, bigint, timestamptz, timestamptz) as
insert into log_level (part, level, until) values ($1, $2, $3)
on conflict (part) do update set level = excluded.level, until = excluded.until
--
prepare s121 (text, text, timestamptz, timestamptz) as
insert into migration (name, checksum, applied_at) values ($1, $2, $3)
--
prepare s122 (text, text, timestamptz, timestamptz) as
insert into migration (name, checksum, applied_at) values ($1, $2, $3)
on conflict (name) do update set checksum = excluded.checksum, applied_at = excluded.applied_at
--
prepare s123 (text, text, timestamptz) as
insert into migration_need (name, needs) values ($1, $2)
--
prepare s124 (uuid, uuid, text, uuid, bytea, bigint, bigint, text, boolean, timestamptz) as
insert into monitor (
  id, owner_id, name, task_id, token_hash, every_seconds, grace_seconds, severity, paused, since, due,
  created_at)
values (
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10,
  $10)
--
prepare s125 (uuid, text, bigint, text, text, bigint, boolean, timestamptz, timestamptz) as
insert into node (id, host, pid, version, roles, slots, draining, started_at, heartbeat_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (id) do update set draining = excluded.draining, heartbeat_at = excluded.heartbeat_at
--
prepare s126 (uuid, text, text, uuid, timestamptz) as
insert into oauth_client (id, name, redirect_uris, created_by, created_at)
values ($1, $2, $3, $4, $5)
--
prepare s127 (unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, timestamptz) as
insert into occurrence (task_id, scheduled_for, key, run_id, reason, through, count, detail, recorded_at)
select each.p1, each.p2, each.p3, each.p4, each.p5, each.p6, each.p7, each.p8, $9 from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[], $7::bigint[], $8::text[]) as each(p1, p2, p3, p4, p5, p6, p7, p8)
--
prepare s128 (unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, timestamptz) as
insert into occurrence (task_id, scheduled_for, key, run_id, reason, through, count, detail, recorded_at)
select each.p1, each.p2, each.p3, each.p4, each.p5, each.p6, each.p7, each.p8, $9 from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[], $7::bigint[], $8::text[]) as each(p1, p2, p3, p4, p5, p6, p7, p8) where true on conflict (task_id, scheduled_for, key) do nothing returning run_id
--
prepare s129 (unknown, timestamptz) as
insert into outbox (event_id) select each.p1 from unnest($1::uuid[]) as each(p1)
--
prepare s130 (uuid, uuid, uuid, text, text, text, boolean, text, timestamptz) as
insert into proposal (
  task_id, owner_id, proposed_by, settings, payload, granted, runs_late, digest, created_at)
values (
  $1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (task_id) do update set
  proposed_by = excluded.proposed_by, settings = excluded.settings, payload = excluded.payload,
  granted = excluded.granted, runs_late = excluded.runs_late, digest = excluded.digest,
  created_at = excluded.created_at
--
prepare s131 (unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, timestamptz) as
insert into queue (
  run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
  expires_at, slot, slot_limit, epoch, attempt, depth, started_at, created_at)
select
  each.p1, each.p2, each.p3, each.p4, each.p5, each.p6, each.p7,
  case
    when (select count(*) from (
      select 1 from queue s where s.slot = any(array[each.p8]) and s.state in (0, 2, 3) limit each.p9) x) >= any(array[each.p9])
    then 1
    when each.p10 > $18 then 3
    else 0
  end,
  each.p11, each.p10, each.p12, each.p8, each.p9, each.p13, each.p14, each.p15, each.p16, each.p17
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[], $8::uuid[], $9::bigint[], $10::timestamptz[], $11::bigint[], $12::timestamptz[], $13::bigint[], $14::bigint[], $15::bigint[], $16::timestamptz[], $17::timestamptz[]) as each(p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16, p17)
--
prepare s132 (bytea, uuid, uuid, text, text, timestamptz, timestamptz) as
insert into refresh_token (hash, family, agent_id, scopes, client_id, used_at, expires_at)
values ($1, $2, $3, $4, $5, null, $6)
--
prepare s133 (unknown, unknown, unknown, unknown, unknown, unknown, unknown, timestamptz) as
insert into run (
  id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, attempt, epoch, depth,
  lease_owner, error_code, error_message, error_step, started_at, claimed_at, finished_at, created_at)
select
  run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, each.p1, attempt, epoch,
  depth, lease_owner, each.p2, each.p3, each.p4, started_at, claimed_at, $8, created_at
from queue , unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::bigint[]) as each(p1, p2, p3, p4, p5, p6, p7) where run_id = any(array[each.p5]) and epoch = any(array[each.p6]) and queue.state = any(array[each.p7])
--
prepare s134 (unknown, unknown, timestamptz) as
insert into run_input (run_id, input) select each.p1, each.p2 from unnest($1::uuid[], $2::text[]) as each(p1, p2) where true
on conflict (run_id) do update set input = excluded.input
--
prepare s135 (uuid, text, bigint, text, text, text, text, bytea, bytea, timestamptz) as
insert into secret (owner_id, name, version, description, tools, hosts, key_id, wrapped_key, sealed, created_at,
  updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
on conflict (owner_id, name) do update set
  version = excluded.version, description = excluded.description, tools = excluded.tools,
  hosts = excluded.hosts, key_id = excluded.key_id, wrapped_key = excluded.wrapped_key,
  sealed = excluded.sealed, updated_at = excluded.updated_at
--
prepare s136 (text, bytea, text, bytea, bytea, timestamptz, timestamptz) as
insert into signing_key (id, public_key, key_id, wrapped_key, sealed, created_at, signs_at, ends_at)
values ($1, $2, $3, $4, $5, $7, $6, null)
--
prepare s137 (uuid, uuid, bigint, text, bytea, bytea, timestamptz) as
insert into signing_secret (id, owner_id, version, key_id, wrapped_key, sealed)
values ($1, $2, $3, $4, $5, $6)
on conflict (id) do update set
  version = excluded.version, key_id = excluded.key_id, wrapped_key = excluded.wrapped_key,
  sealed = excluded.sealed
--
prepare s138 (unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, timestamptz) as
insert into step (
  run_id, place, id, uses, state, attempt, epoch, started_at, finished_at, input, output, error, gate, wake_at,
  awaits)
select
  each.p1, each.p2, each.p3, each.p4, each.p5, each.p6, each.p7, each.p8, each.p9, each.p10, each.p11, each.p12,
  each.p13, each.p14, each.p15 from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::text[]) as each(p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15) where true
on conflict (run_id, place) do update set
  state = excluded.state, attempt = excluded.attempt, epoch = excluded.epoch,
  started_at = excluded.started_at, finished_at = excluded.finished_at, input = excluded.input,
  output = excluded.output, error = excluded.error, gate = excluded.gate, wake_at = excluded.wake_at,
  awaits = excluded.awaits, answer = case when excluded.state = 'waiting' then step.answer end
--
prepare s139 (unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, timestamptz) as
insert into task (
  id, owner_id, status, kind, version, next_nominal, next_due, topic_head, depth,
  parent_task_id, root_task_id, created_at, updated_at)
select
  each.p1, each.p2, each.p3, each.p4, each.p5, each.p6, each.p7, each.p8, each.p9, each.p10,
  each.p11, $12, $12
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[], $7::timestamptz[], $8::text[], $9::bigint[], $10::uuid[], $11::uuid[]) as each(p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11)
--
prepare s140 (unknown, unknown, unknown, timestamptz) as
insert into task_tag (owner_id, tag, task_id) select each.p1, each.p2, each.p3 from unnest($1::uuid[], $2::text[], $3::uuid[]) as each(p1, p2, p3)
--
prepare s141 (unknown, unknown, unknown, unknown, unknown, unknown, unknown, timestamptz) as
insert into task_version (task_id, version, title, settings, payload, granted, created_by, created_at)
select each.p1, each.p2, each.p3, each.p4, each.p5, each.p6, each.p7, $8 from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[]) as each(p1, p2, p3, p4, p5, p6, p7)
--
prepare s142 (text, text, text, timestamptz) as
insert into tool_pin (server, tool, pinned) select $1, $2, $3
where exists (select 1 from tool_source where kind = 'server' and name = $1)
on conflict (server, tool) do nothing
--
prepare s143 (timestamptz) as
insert into tool_revision (id, changes) values (1, 1)
on conflict (id) do update set changes = tool_revision.changes + 1
--
prepare s144 (text, text, text, boolean, uuid, timestamptz) as
insert into tool_source (kind, name, settings, from_file, updated_at, owner_id)
values ($1, $2, $3, $4, $6, $5)
on conflict (kind, name) do update set
  settings = excluded.settings, from_file = excluded.from_file, updated_at = excluded.updated_at,
  owner_id = excluded.owner_id
--
prepare s145 (text, uuid, uuid, timestamptz, timestamptz) as
insert into wait (key, owner_id, run_id, expires_at, created_at)
values ($1, $2, $3, $4, $5)
on conflict (key) do nothing
--
prepare s146 (bytea, uuid, timestamptz, timestamptz) as
insert into web_session (hash, agent_id, expires_at) values ($1, $2, $3)
--
prepare s147 (uuid, uuid, text, text, text, text, timestamptz) as
insert into webhook (id, owner_id, url, topics, description, status, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $7)
--
prepare s148 (unknown, unknown, unknown, timestamptz) as
insert into webhook_topic (owner_id, webhook_id, pattern) select each.p1, each.p2, each.p3
from unnest($1::uuid[], $2::uuid[], $3::text[]) as each(p1, p2, p3) where true on conflict (owner_id, webhook_id, pattern) do nothing
--
prepare s149 (uuid, unknown, timestamptz) as
select
  (select count(*) from (
    select 1 from task where owner_id = $1 and next_due is not null limit $2) t)
  + (select count(*) from (
    select 1 from task where owner_id = $1 and topic_head is not null limit $2) e)
  + (select count(*) from (
    select 1 from proposal p where p.owner_id = $1 and exists (
      select 1 from task q where q.id = p.task_id and q.status = 'proposed' and q.topic_head is null)
    limit $2) p)
--
prepare s150 (unknown, boolean, uuid, uuid, timestamptz, timestamptz) as
select
  count(*), count(*) filter (where state = 'succeeded'),
  count(*) filter (where state in ('failed', 'quarantined', 'uncertain')),
  count(*) filter (where state = 'canceled'), count(*) filter (where state = 'queued'),
  count(*) filter (where state = 'running'), count(distinct task_id),
  avg(1e6 * extract(epoch from (finished_at - started_at) ) / 1e6),
  max(created_at), max(created_at) filter (where state = 'succeeded'),
  max(created_at) filter (where state in ('failed', 'quarantined', 'uncertain'))
from (
  select task_id, state, started_at, finished_at, created_at from run
  where id >= $1 and ($2 or owner_id = $3) and ($4 is null or task_id = $4)
  union all
  select
    task_id, case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end, started_at, null ::timestamptz,
    created_at
  from queue
  where occurrence_key <> 'check' and created_at >= $5
    and ($2 or owner_id = $3) and ($4 is null or task_id = $4)) x
--
prepare s151 (timestamptz) as
select (
  (select sum(heap_blks_hit + heap_blks_read) from pg_statio_user_tables where relname = 'queue')
  + (select sum(idx_blks_hit + idx_blks_read) from pg_statio_user_indexes where relname = 'queue'))::bigint
--
prepare s152 (text, timestamptz, timestamptz, boolean, text, unknown, timestamptz) as
select (select count(*) from (select 1 from queue where occurrence_key <> 'check'   and ($1 is null or trigger = $1)
  and ($2 is null or created_at >= $2)
  and ($3 is null or created_at < $3)
  and ($4 is null and ($5 is null or $5 = case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end)) limit $6) l)
  + (select count(*) from (select 1 from run where true   and ($1 is null or trigger = $1)
  and ($2 is null or created_at >= $2)
  and ($3 is null or created_at < $3)
  and ($5 is null or state = $5) and ($4 is null or (state = 'succeeded') = $4) limit $6) f)
--
prepare s153 (uuid, text, timestamptz, timestamptz, boolean, text, unknown, timestamptz) as
select (select count(*) from (select 1 from queue where owner_id = $1
    and occurrence_key <> 'check'   and ($2 is null or trigger = $2)
  and ($3 is null or created_at >= $3)
  and ($4 is null or created_at < $4)
  and ($5 is null and ($6 is null or $6 = case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end)) limit $7) l)
  + (select count(*) from (select 1 from run where owner_id = $1   and ($2 is null or trigger = $2)
  and ($3 is null or created_at >= $3)
  and ($4 is null or created_at < $4)
  and ($6 is null or state = $6) and ($5 is null or (state = 'succeeded') = $5) limit $7) f)
--
prepare s154 (uuid, unknown, timestamptz) as
select (select count(*) from (select 1 from queue where owner_id = $1
    and occurrence_key <> 'check' limit $2) l)
  + (select count(*) from (select 1 from run where owner_id = $1 limit $2) f)
--
prepare s155 (uuid, boolean, uuid, text, timestamptz, timestamptz, boolean, text, unknown, timestamptz) as
select (select count(*) from (select 1 from queue where run_id in (select run_id from queue where slot = $1
union all select run_id from queue where task_id = $1 and slot <> task_id)
    and ($2 or owner_id = $3) and occurrence_key <> 'check'   and ($4 is null or trigger = $4)
  and ($5 is null or created_at >= $5)
  and ($6 is null or created_at < $6)
  and ($7 is null and ($8 is null or $8 = case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end)) limit $9) l)
  + (select count(*) from (select 1 from run where task_id = $1 and ($2 or owner_id = $3)
      and ($4 is null or trigger = $4)
  and ($5 is null or created_at >= $5)
  and ($6 is null or created_at < $6)
  and ($8 is null or state = $8) and ($7 is null or (state = 'succeeded') = $7) limit $9) f)
--
prepare s156 (uuid, boolean, uuid, text, timestamptz, timestamptz, boolean, text, unknown, unknown, timestamptz) as
select * from (
  select * from (
    select run_id as id, task_id, owner_id, task_version,
  case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end as state,
  scheduled_for, occurrence_key, trigger, attempt, lease_owner, leased_until, due as not_before, started_at,
  null ::timestamptz as finished_at, null as error_code, null as error_message, null as error_step,
  created_at, epoch, claimed_at
from queue where occurrence_key <> 'check' and run_id in (select run_id from queue where slot = $1
union all select run_id from queue where task_id = $1 and slot <> task_id) and ($2 or owner_id = $3)   and ($4 is null or trigger = $4)
  and ($5 is null or created_at >= $5)
  and ($6 is null or created_at < $6)
  and ($7 is null and ($8 is null or $8 = case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end))
  and run_id < $9 order by run_id desc limit $10) l
  union all
  select * from (
    select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
  lease_owner, null ::timestamptz as leased_until, null ::timestamptz as not_before,
  started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
from run where task_id = $1 and ($2 or owner_id = $3)   and ($4 is null or trigger = $4)
  and ($5 is null or created_at >= $5)
  and ($6 is null or created_at < $6)
  and ($8 is null or state = $8) and ($7 is null or (state = 'succeeded') = $7)
  and id < $9 order by id desc limit $10) f) x
order by id desc limit $10
--
prepare s157 (uuid, timestamptz) as
select * from (
  select * from (select run_id as id, task_id, owner_id, task_version,
  case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end as state,
  scheduled_for, occurrence_key, trigger, attempt, lease_owner, leased_until, due as not_before, started_at,
  null ::timestamptz as finished_at, null as error_code, null as error_message, null as error_step,
  created_at, epoch, claimed_at
from queue where occurrence_key <> 'check' and run_id in (select run_id from queue where slot = $1
union all select run_id from queue where task_id = $1 and slot <> task_id) order by run_id desc limit 1) l
  union all
  select * from (select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
  lease_owner, null ::timestamptz as leased_until, null ::timestamptz as not_before,
  started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
from run where task_id = $1 order by id desc limit 1) f) x
order by id desc limit 1
--
prepare s158 (text, timestamptz, timestamptz, boolean, text, unknown, unknown, timestamptz) as
select * from (select * from (select run_id as id, task_id, owner_id, task_version,
  case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end as state,
  scheduled_for, occurrence_key, trigger, attempt, lease_owner, leased_until, due as not_before, started_at,
  null ::timestamptz as finished_at, null as error_code, null as error_message, null as error_step,
  created_at, epoch, claimed_at
from queue where occurrence_key <> 'check'   and ($1 is null or trigger = $1)
  and ($2 is null or created_at >= $2)
  and ($3 is null or created_at < $3)
  and ($4 is null and ($5 is null or $5 = case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end))
  and run_id < $6 order by run_id desc limit $7) l
  union all select * from (select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
  lease_owner, null ::timestamptz as leased_until, null ::timestamptz as not_before,
  started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
from run where true   and ($1 is null or trigger = $1)
  and ($2 is null or created_at >= $2)
  and ($3 is null or created_at < $3)
  and ($5 is null or state = $5) and ($4 is null or (state = 'succeeded') = $4)
  and id < $6 order by id desc limit $7) f) x order by id desc limit $7
--
prepare s159 (uuid, text, timestamptz, timestamptz, boolean, text, unknown, unknown, timestamptz) as
select * from (select * from (select run_id as id, task_id, owner_id, task_version,
  case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end as state,
  scheduled_for, occurrence_key, trigger, attempt, lease_owner, leased_until, due as not_before, started_at,
  null ::timestamptz as finished_at, null as error_code, null as error_message, null as error_step,
  created_at, epoch, claimed_at
from queue where occurrence_key <> 'check' and owner_id = $1   and ($2 is null or trigger = $2)
  and ($3 is null or created_at >= $3)
  and ($4 is null or created_at < $4)
  and ($5 is null and ($6 is null or $6 = case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end))
  and run_id < $7 order by run_id desc limit $8) l
  union all select * from (select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
  lease_owner, null ::timestamptz as leased_until, null ::timestamptz as not_before,
  started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
from run where owner_id = $1   and ($2 is null or trigger = $2)
  and ($3 is null or created_at >= $3)
  and ($4 is null or created_at < $4)
  and ($6 is null or state = $6) and ($5 is null or (state = 'succeeded') = $5)
  and id < $7 order by id desc limit $8) f) x order by id desc limit $8
--
prepare s160 (uuid, uuid, boolean, timestamptz) as
select * from (select run_id as id, task_id, owner_id, task_version,
  case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end as state,
  scheduled_for, occurrence_key, trigger, attempt, lease_owner, leased_until, due as not_before, started_at,
  null ::timestamptz as finished_at, null as error_code, null as error_message, null as error_step,
  created_at, epoch, claimed_at
from queue where occurrence_key <> 'check' and run_id = $1 union all select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
  lease_owner, null ::timestamptz as leased_until, null ::timestamptz as not_before,
  started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
from run where id = $1) x
where owner_id = $2 or $3
--
prepare s161 (timestamptz) as
select 1
--
prepare s162 (timestamptz) as
select 1 from agent limit 1
--
prepare s163 (unknown, timestamptz) as
select 1 from task t , unnest($1::uuid[]) as each(p1) where t.id = any(array[each.p1]) for share of t
--
prepare s164 (unknown, unknown, unknown, uuid, unknown, timestamptz) as
select 1 from task t where t.topic_head = $1 and (t.owner_id, t.id) > ($2, $3)
  and t.status in ('active', 'paused')
  and (t.owner_id = $4
    or exists (select 1 from agent a where a.id = t.owner_id and ' ' || a.scopes || ' ' like '% admin %'))
order by t.owner_id, t.id
limit $5 for share of t
--
prepare s165 (uuid, timestamptz) as
select 1 from task where id = $1 for no key update
--
prepare s166 (uuid, timestamptz) as
select 1 from wait where run_id = $1 and place is not null limit 1
--
prepare s167 (unknown, timestamptz) as
select each.p1 from unnest($1::uuid[]) as each(p1) where exists (select 1 from queue where slot = any(array[each.p1]))
  or exists (select 1 from queue where task_id = any(array[each.p1]) and slot <> task_id)
--
prepare s168 (unknown, timestamptz) as
select account.agent_id, account.login, account.issuer, account.subject, account.updated_at
from account , unnest($1::uuid[]) as each(p1) where agent_id = any(array[each.p1])
--
prepare s169 (unknown, unknown, timestamptz) as
select agent_id, key, operation, request_hash, answer from idempotency , unnest($1::uuid[], $2::text[]) as each(p1, p2)
where agent_id = any(array[each.p1]) and key = any(array[each.p2])
--
prepare s170 (uuid, timestamptz) as
select agent_id, login, password, issuer, subject, updated_at from account where agent_id = $1
--
prepare s171 (text, text, timestamptz) as
select agent_id, login, password, issuer, subject, updated_at from account where issuer = $1 and subject = $2
--
prepare s172 (text, timestamptz) as
select agent_id, login, password, issuer, subject, updated_at from account where login = $1
--
prepare s173 (unknown, timestamptz) as
select alert_delivery.alert_id, alert_delivery.event_id, alert_delivery.webhook_id, alert_delivery.topic,
  alert_delivery.state, alert_delivery.attempt, alert_delivery.error, alert_delivery.at
from alert_delivery , unnest($1::uuid[]) as each(p1) where alert_id = any(array[each.p1])
--
prepare s174 (timestamptz) as
select at from audit where tx >= (select coalesce(max(until_tx), 0) from audit_block) order by tx limit 1
--
prepare s175 (unknown, timestamptz) as
select at from audit_block where at < $1 order by at desc limit 1
--
prepare s176 (uuid, timestamptz) as
select attempt, lease_owner, started_at, ended_at, error_code, error_message, error_step, retry_at
from attempt where run_id = $1 order by attempt, epoch
--
prepare s177 (unknown, timestamptz) as
select attempt.run_id, attempt.attempt, attempt.started_at, attempt.ended_at, attempt.error_code,
  attempt.error_message, attempt.error_step, attempt.retry_at
from attempt , unnest($1::uuid[]) as each(p1) where run_id = any(array[each.p1])
--
prepare s178 (timestamptz) as
select backup_keep_days from cluster where id = 1 and backup_keep_days is not null
--
prepare s179 (unknown, timestamptz) as
select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = $1::regclass order by c.relname
--
prepare s180 (unknown, timestamptz) as
select calendar.owner_id, calendar.name, calendar.version, calendar.entries, calendar.updated_at
from calendar , unnest($1::uuid[]) as each(p1) where owner_id = any(array[each.p1])
--
prepare s181 (timestamptz) as
select case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end, count(*) from queue where occurrence_key <> 'check' group by 1
--
prepare s182 (timestamptz, timestamptz) as
select cast(coalesce(sum(slots), 0) as bigint) from node where heartbeat_at > $1 and not draining
--
prepare s183 (timestamptz) as
select changes from tool_revision where id = 1
--
prepare s184 (text, timestamptz) as
select checksum from migration where name = $1
--
prepare s185 (timestamptz) as
select clock_timestamp()
--
prepare s186 (timestamptz) as
select cluster_id, incarnation, state, settles, restored_to, restored_at from cluster where id = 1
--
prepare s187 (timestamptz) as
select cluster_id, incarnation, state, settles, restored_to, restored_at from cluster where id = 1 for update
--
prepare s188 (timestamptz) as
select coalesce(max(tx), 0) + 1 from audit
--
prepare s189 (unknown, unknown, timestamptz) as
select count(*) = 2 from pg_roles
where rolname in ($1, $2) and pg_has_role(session_user, oid,
  case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end)
--
prepare s190 (timestamptz) as
select count(*) from (select run_id from queue order by run_id limit 1) x
--
prepare s191 (timestamptz) as
select count(*) from agent
--
prepare s192 (timestamptz) as
select count(*) from audit
--
prepare s193 (unknown, unknown, timestamptz) as
select count(*) from audit where tx >= $1 and tx < $2
--
prepare s194 (timestamptz) as
select count(*) from delivery
--
prepare s195 (timestamptz) as
select count(*) from event
--
prepare s196 (uuid, timestamptz) as
select count(*) from hook where owner_id = $1
--
prepare s197 (uuid, timestamptz) as
select count(*) from monitor where owner_id = $1
--
prepare s198 (unknown, timestamptz) as
select count(*) from node where pid = any(string_to_array($1, ',')::int[])
--
prepare s199 (timestamptz) as
select count(*) from occurrence
--
prepare s200 (timestamptz) as
select count(*) from outbox
--
prepare s201 (timestamptz) as
select count(*) from pg_constraint where not convalidated
--
prepare s202 (timestamptz) as
select count(*) from queue
--
prepare s203 (timestamptz) as
select count(*) from queue where waiting = 1
--
prepare s204 (timestamptz) as
select count(*) from run
--
prepare s205 (timestamptz) as
select count(*) from run where state = 'succeeded'
--
prepare s206 (timestamptz) as
select count(*) from secret
--
prepare s207 (timestamptz) as
select count(*) from step
--
prepare s208 (timestamptz) as
select count(*) from task
--
prepare s209 (unknown, text, uuid, text, text, text, timestamptz) as
select count(*) from task t join task_version v on v.task_id = any(array[ t.id ]) and v.version = t.version where t.id < $1   and ($2 is null or t.status = $2)
  and ($3 is null or t.parent_task_id = $3)
  and ($4 is null or t.kind = $4)
  and ($5 is null or v.title like $5 escape '\')
  and ($6 is null or exists (
    select 1 from task_tag g where g.owner_id = t.owner_id and g.tag = $6 and g.task_id = t.id))
--
prepare s210 (uuid, unknown, text, uuid, text, text, text, timestamptz) as
select count(*) from task t join task_version v on v.task_id = any(array[ t.id ]) and v.version = t.version where t.owner_id = $1 and t.id < $2   and ($3 is null or t.status = $3)
  and ($4 is null or t.parent_task_id = $4)
  and ($5 is null or t.kind = $5)
  and ($6 is null or v.title like $6 escape '\')
  and ($7 is null or exists (
    select 1 from task_tag g where g.owner_id = t.owner_id and g.tag = $7 and g.task_id = t.id))
--
prepare s211 (timestamptz) as
select count(*) from task_version
--
prepare s212 (timestamptz) as
select count(*) from webhook
--
prepare s213 (timestamptz) as
select count(*) from webhook where failing_since is not null
--
prepare s214 (uuid, timestamptz) as
select count(*) from webhook where owner_id = $1
--
prepare s215 (timestamptz) as
select created_at from queue order by created_at desc limit 1
--
prepare s216 (unknown, timestamptz) as
select daily_use.subject_id, daily_use.kind, daily_use.day, daily_use.used
from daily_use , unnest($1::uuid[]) as each(p1) where subject_id = any(array[each.p1])
--
prepare s217 (unknown, timestamptz) as
select delivery.webhook_id, delivery.event_id, delivery.attempt, delivery.due
from delivery , unnest($1::uuid[]) as each(p1) where webhook_id = any(array[each.p1])
--
prepare s218 (timestamptz) as
select distinct key_id from signing_key where key_id <> '' and (ends_at is null or ends_at > $1)
--
prepare s219 (unknown, timestamptz) as
select distinct q.task_id from queue q , unnest($1::uuid[]) as each(p1)
where q.owner_id = any(array[each.p1]) and (q.state <> 2 or q.cancel_requested = 0)
--
prepare s220 (unknown, timestamptz) as
select exists (
  select 1 from agent
  where id <> $1 and status = 'active' and secret_hash is not null
    and ' ' || scopes || ' ' like '% admin %')
--
prepare s221 (unknown, unknown, timestamptz, timestamptz) as
select exists (
  select 1 from occurrence
  where scheduled_for >= $1 and scheduled_for < $2 and recorded_at >= $3)
--
prepare s222 (timestamptz) as
select exists (select 1 from pg_replication_slots where slot_name = 'ordinaut_backup')
--
prepare s223 (uuid, text, timestamptz) as
select exists (select 1 from queue where run_id in (select run_id from queue where slot = $1
union all select run_id from queue where task_id = $1 and slot <> task_id) and occurrence_key = $2)
--
prepare s224 (uuid, bigint, timestamptz) as
select exists (select 1 from queue where state = 0 and owner_id = $1 and priority <= $2)
--
prepare s225 (unknown, unknown, unknown, timestamptz) as
select exists (select 1 from run where id >= $1 and id < $2 and finished_at >= $3)
  or exists (select 1 from queue where run_id >= $1 and run_id < $2)
--
prepare s226 (uuid, unknown, timestamptz) as
select exists (select 1 from task where owner_id = $1 and next_due <= $2)
--
prepare s227 (unknown, timestamptz) as
select exists (select 1 from task where topic_head = $1)
  or exists (select 1 from task where topic_head = '*')
  or exists (select 1 from task where topic_head = '#')
--
prepare s228 (timestamptz) as
select exists (select 1 from task)
--
prepare s229 (uuid, timestamptz) as
select h.owner_id, h.topic, a.status, a.scopes, a.limits, s.version, s.key_id, s.wrapped_key, s.sealed
from hook h join agent a on a.id = h.owner_id join signing_secret s on s.id = h.id
where h.id = $1
--
prepare s230 (uuid, unknown, timestamptz) as
select hash, agent_id, expires_at from web_session where agent_id = $1 and expires_at > $3
order by expires_at desc, hash limit $2
--
prepare s231 (bytea, timestamptz) as
select hash, agent_id, expires_at from web_session where hash = $1 and expires_at > $2
--
prepare s232 (bytea, timestamptz) as
select hash, family, agent_id, scopes, client_id, expires_at from refresh_token where hash = $1
--
prepare s233 (bytea, timestamptz) as
select hash, family, client_id, agent_id, scopes, redirect_uri, challenge, resource, used_at, expires_at
from authorization_code where hash = $1
--
prepare s234 (timestamptz) as
select id from agent
where status = 'active' and secret_hash is not null and ' ' || scopes || ' ' like '% admin %'
order by id limit 1
--
prepare s235 (timestamptz) as
select id from agent where name = 'admin'
--
prepare s236 (text, timestamptz) as
select id from agent where name = $1
--
prepare s237 (timestamptz) as
select id from agent where status <> 'active' order by id
--
prepare s238 (unknown, unknown, timestamptz) as
select id from agent where status = 'erased' and updated_at < $1 order by id limit $2
--
prepare s239 (uuid, unknown, timestamptz) as
select id from alert where owner_id = $1 order by id limit $2
--
prepare s240 (timestamptz) as
select id from event order by id desc limit 1
--
prepare s241 (uuid, unknown, timestamptz) as
select id from event where owner_id = $1 order by id limit $2
--
prepare s242 (uuid, unknown, timestamptz) as
select id from hook where owner_id = $1 order by id limit $2
--
prepare s243 (uuid, unknown, timestamptz) as
select id from monitor where owner_id = $1 order by id limit $2
--
prepare s244 (uuid, unknown, timestamptz) as
select id from oauth_client where created_by = $1 order by id limit $2
--
prepare s245 (uuid, unknown, timestamptz) as
select id from run where owner_id = $1 order by id limit $2
--
prepare s246 (uuid, unknown, timestamptz) as
select id from task where owner_id = $1 order by id limit $2
--
prepare s247 (uuid, unknown, timestamptz) as
select id from webhook where owner_id = $1 order by id limit $2
--
prepare s248 (uuid, unknown, unknown, timestamptz) as
select id, action, noun, subject_id, owner_id, request_id, detail, at
from audit where actor_id = $1 and id > $2 order by id limit $3
--
prepare s249 (uuid, unknown, text, text, timestamptz, timestamptz, unknown, timestamptz) as
select id, at, actor_id, action, noun, subject_id, request_id, detail from audit
where actor_id = $1 and id < $2 and ($3 is null or action = $3)
  and ($4 is null or noun = $4) and ($5 is null or at >= $5) and ($6 is null or at < $6)
order by id desc limit $7
--
prepare s250 (unknown, text, text, timestamptz, timestamptz, unknown, timestamptz) as
select id, at, actor_id, action, noun, subject_id, request_id, detail from audit
where id < $1 and ($2 is null or action = $2)
  and ($3 is null or noun = $3) and ($4 is null or at >= $4) and ($5 is null or at < $5)
order by id desc limit $6
--
prepare s251 (text, unknown, boolean, unknown, uuid, text, text, timestamptz, timestamptz, unknown, timestamptz) as
select id, at, actor_id, action, noun, subject_id, request_id, detail from audit
where subject_id = $1 and id < $2 and ($3 or actor_id = $4 or owner_id = $4)
  and ($5 is null or actor_id = $5) and ($6 is null or action = $6)
  and ($7 is null or noun = $7) and ($8 is null or at >= $8) and ($9 is null or at < $9)
order by id desc limit $10
--
prepare s252 (uuid, timestamptz) as
select id, error from step where run_id = $1 and state = 'running' and error is not null
order by place limit 1
--
prepare s253 (unknown, timestamptz) as
select id, host, pid, version, roles, slots, draining, started_at, heartbeat_at from node
order by id limit $1
--
prepare s254 (uuid, unknown, unknown, timestamptz) as
select id, name, redirect_uris, created_at
from oauth_client where created_by = $1 and id > $2 order by id limit $3
--
prepare s255 (boolean, unknown, unknown, unknown, timestamptz) as
select id, name, redirect_uris, created_by, created_at from oauth_client
where ($1 or created_by = $2) and id > $3
order by id limit $4
--
prepare s256 (uuid, timestamptz) as
select id, name, redirect_uris, created_by, created_at from oauth_client where id = $1
--
prepare s257 (boolean, unknown, unknown, unknown, timestamptz) as
select id, name, scopes, status, secret_hash, webhook_url, token_epoch, created_by, created_at, updated_at, weight,
limits
from agent
where ($1 or id = $2 or created_by = $2) and status <> 'erased' and id > $3
order by id limit $4
--
prepare s258 (uuid, timestamptz) as
select id, name, scopes, status, secret_hash, webhook_url, token_epoch, created_by, created_at, updated_at, weight,
limits
from agent where id = $1 and status <> 'erased'
--
prepare s259 (uuid, unknown, unknown, timestamptz) as
select id, name, scopes, status, webhook_url, weight, limits, created_by, created_at, updated_at
from agent where id = $1 and id > $2 order by id limit $3
--
prepare s260 (uuid, unknown, unknown, timestamptz) as
select id, name, task_id, every_seconds, grace_seconds, severity, since, heard_at, due, created_at
from monitor where owner_id = $1 and id > $2 order by id limit $3
--
prepare s261 (unknown, boolean, uuid, text, unknown, timestamptz) as
select id, owner_id, run_id, task_id, step_id, title, message, action, digest, state, expires_at, decided_by,
decided_at, comment, goes_on, created_at from approval
where id < $1 and ($2 or owner_id = $3)
  and ($4 is null
    or $4 = case when state = 'pending' and expires_at <= $6 then 'expired' else state end)
order by id desc limit $5
--
prepare s262 (uuid, boolean, uuid, timestamptz) as
select id, owner_id, run_id, task_id, step_id, title, message, action, digest, state, expires_at, decided_by,
decided_at, comment, goes_on, created_at from approval where id = $1 and ($2 or owner_id = $3)
--
prepare s263 (text, timestamptz) as
select id, owner_id, run_id, task_id, step_id, title, message, action, digest, state, expires_at, decided_by,
decided_at, comment, goes_on, created_at from approval where request_key = $1
--
prepare s264 (unknown, text, unknown, timestamptz) as
select id, owner_id, source, source_id, severity, title, detail, state, since, seen_at, acknowledged_by,
acknowledged_at, resolved_at from alert
where id < $1 and ($2 is null or state = $2 or $2 = 'open' and state <> 'resolved')
order by id desc limit $3
--
prepare s265 (uuid, unknown, text, unknown, timestamptz) as
select id, owner_id, source, source_id, severity, title, detail, state, since, seen_at, acknowledged_by,
acknowledged_at, resolved_at from alert
where owner_id = $1 and id < $2
  and ($3 is null or state = $3 or $3 = 'open' and state <> 'resolved')
order by id desc limit $4
--
prepare s266 (uuid, uuid, boolean, timestamptz) as
select id, owner_id, source, source_id, severity, title, detail, state, since, seen_at, acknowledged_by,
acknowledged_at, resolved_at from alert where id = $1 and (owner_id = $2 or $3)
--
prepare s267 (uuid, uuid, boolean, timestamptz) as
select id, owner_id, topic, description, created_at from hook where id = $1 and (owner_id = $2 or $3) for update
--
prepare s268 (unknown, unknown, timestamptz) as
select id, owner_id, topic, description, created_at from hook where id > $1 order by id limit $2
--
prepare s269 (uuid, unknown, unknown, timestamptz) as
select id, owner_id, topic, description, created_at from hook where owner_id = $1 and id > $2 order by id limit $3
--
prepare s270 (unknown, timestamptz) as
select id, owner_id, topic, payload, depth, source, created_at, triggered from event , unnest($1::uuid[]) as each(p1) where id = any(array[each.p1])
--
prepare s271 (uuid, uuid, boolean, timestamptz) as
select id, owner_id, topic, payload, depth, source, created_at, triggered from event where id = $1 and (owner_id = $2 or $3)
--
prepare s272 (unknown, unknown, timestamptz) as
select id, owner_id, topic, payload, depth, source, created_at, triggered from event where id >= $1 order by id desc limit $2
--
prepare s273 (uuid, unknown, text, timestamptz, timestamptz, unknown, timestamptz) as
select id, owner_id, topic, payload, depth, source, created_at, triggered from event where owner_id = $1   and id < $2
  and ($3 is null or topic = $3)
  and ($4 is null or created_at >= $4)
  and ($5 is null or created_at < $5)
order by id desc limit $6
--
prepare s274 (unknown, text, timestamptz, timestamptz, unknown, timestamptz) as
select id, owner_id, topic, payload, depth, source, created_at, triggered from event where true   and id < $1
  and ($2 is null or topic = $2)
  and ($3 is null or created_at >= $3)
  and ($4 is null or created_at < $4)
order by id desc limit $5
--
prepare s275 (uuid, timestamptz) as
select id, owner_id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
created_at, updated_at from webhook where id = $1
--
prepare s276 (uuid, uuid, boolean, timestamptz) as
select id, owner_id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
created_at, updated_at from webhook where id = $1 and (owner_id = $2 or $3) for update
--
prepare s277 (uuid, uuid, boolean, timestamptz) as
select id, owner_id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
created_at, updated_at, (select count(*) from delivery d where d.webhook_id = webhook.id) from webhook where id = $1 and (owner_id = $2 or $3)
--
prepare s278 (unknown, unknown, timestamptz) as
select id, owner_id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
created_at, updated_at, (select count(*) from delivery d where d.webhook_id = webhook.id) from webhook where id > $1 order by id limit $2
--
prepare s279 (uuid, unknown, unknown, timestamptz) as
select id, owner_id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
created_at, updated_at, (select count(*) from delivery d where d.webhook_id = webhook.id) from webhook where owner_id = $1 and id > $2 order by id limit $3
--
prepare s280 (uuid, timestamptz) as
select id, owner_id, version, key_id, wrapped_key, sealed from signing_secret where id = $1
--
prepare s281 (uuid, timestamptz) as
select id, owner_id, version, key_id, wrapped_key, sealed from signing_secret where id = $1 for update
--
prepare s282 (text, unknown, timestamptz) as
select id, owner_id, version, key_id, wrapped_key, sealed from signing_secret where key_id <> $1 order by id limit $2 for update
--
prepare s283 (timestamptz) as
select id, public_key, key_id, wrapped_key, sealed, created_at, signs_at, ends_at from signing_key order by created_at, id
--
prepare s284 (timestamptz) as
select id, public_key, key_id, wrapped_key, sealed, created_at, signs_at, ends_at from signing_key where ends_at is null or ends_at > $1 order by created_at, id
--
prepare s285 (uuid, unknown, unknown, timestamptz) as
select id, run_id, task_id, step_id, title, message, action, state, decided_by, decided_at, comment,
  created_at
from approval where owner_id = $1 and id > $2 order by id limit $3
--
prepare s286 (uuid, unknown, unknown, timestamptz) as
select id, source, source_id, severity, title, detail, state, since, seen_at, acknowledged_by,
  acknowledged_at, resolved_at
from alert where owner_id = $1 and id > $2 order by id limit $3
--
prepare s287 (uuid, unknown, unknown, timestamptz) as
select id, status, kind, version, next_nominal, next_due, snoozed_until, depth, parent_task_id,
  root_task_id, created_at, updated_at
from task where owner_id = $1 and id > $2 order by id limit $3
--
prepare s288 (text, unknown, boolean, uuid, uuid, unknown, timestamptz) as
select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
  lease_owner, null ::timestamptz as leased_until, null ::timestamptz as not_before,
  started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
from run
where state in ('failed', 'quarantined') and state in ($1, $2)
  and ($3 or owner_id = $4)
  and ($5 is null or task_id = $5)
  and exists (select 1 from task t where t.id = run.task_id)
  and not exists (select 1 from agent a where a.id = run.owner_id and a.status <> 'active')
order by id limit $6
--
prepare s289 (uuid, unknown, unknown, timestamptz) as
select id, task_id, task_version, trigger, occurrence_key, scheduled_for, state, attempt,
  error_code, error_message, error_step, started_at, finished_at, created_at
from run where owner_id = $1 and id > $2 order by id limit $3
--
prepare s290 (uuid, unknown, unknown, timestamptz) as
select id, topic, description, created_at
from hook where owner_id = $1 and id > $2 order by id limit $3
--
prepare s291 (uuid, unknown, unknown, timestamptz) as
select id, topic, payload, source, depth, triggered, created_at
from event where owner_id = $1 and id > $2 order by id limit $3
--
prepare s292 (uuid, unknown, unknown, timestamptz) as
select id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
  created_at, updated_at
from webhook where owner_id = $1 and id > $2 order by id limit $3
--
prepare s293 (uuid, timestamptz) as
select input from run_input where run_id = $1
--
prepare s294 (timestamptz) as
select key_id from secret union select key_id from signing_secret
--
prepare s295 (text, text, timestamptz) as
select kind, name, settings, from_file, updated_at, owner_id from tool_source
where kind = $1 and name = $2
--
prepare s296 (timestamptz) as
select kind, name, settings, from_file, updated_at, owner_id from tool_source order by kind, name
--
prepare s297 (timestamptz) as
select lease_owner, count(*), max(leased_until) from queue where state = 2 group by lease_owner
order by lease_owner
--
prepare s298 (unknown, timestamptz) as
select m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
m.created_at, m.paused,
(select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved') from monitor m join agent g on g.id = m.owner_id
where m.due <= $2 and g.status = 'active'
  and not exists (select 1 from cluster where id = 1 and state <> 'active')
order by m.due limit $1 for update of m skip locked
--
prepare s299 (bytea, timestamptz) as
select m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
m.created_at, m.paused,
(select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved') from monitor m join agent g on g.id = m.owner_id
where m.token_hash = $1 and g.status = 'active' for update of m
--
prepare s300 (uuid, uuid, boolean, timestamptz) as
select m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
m.created_at, m.paused,
(select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved') from monitor m where m.id = $1 and (m.owner_id = $2 or $3)
--
prepare s301 (uuid, uuid, boolean, timestamptz) as
select m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
m.created_at, m.paused,
(select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved') from monitor m where m.id = $1 and (m.owner_id = $2 or $3) for update
--
prepare s302 (unknown, unknown, timestamptz) as
select m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
m.created_at, m.paused,
(select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved') from monitor m where m.id > $1 order by m.id limit $2
--
prepare s303 (uuid, unknown, unknown, timestamptz) as
select m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
m.created_at, m.paused,
(select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved') from monitor m where m.owner_id = $1 and m.id > $2 order by m.id limit $3
--
prepare s304 (timestamptz) as
select min(due) from queue where state = 3
--
prepare s305 (timestamptz) as
select min(due) from queue where state in (0, 3) and due <= $1 and occurrence_key <> 'check'
--
prepare s306 (timestamptz) as
select min(m.due) from monitor m join agent g on g.id = m.owner_id
where m.due is not null and g.status = 'active'
--
prepare s307 (timestamptz) as
select min(xact_start) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
--
prepare s308 (timestamptz) as
select name from migration
--
prepare s309 (uuid, text, unknown, timestamptz) as
select name, entries, version, updated_at from calendar
where owner_id = $1 and ($2 is null or name > $2) order by name limit $3
--
prepare s310 (uuid, text, timestamptz) as
select name, entries, version, updated_at from calendar where owner_id = $1 and name = $2
--
prepare s311 (timestamptz) as
select name, needs from migration_need order by name
--
prepare s312 (timestamptz) as
select number, from_tx, until_tx, tx_offset, lines, previous, hash, signature, at from audit_block order by number desc limit 1
--
prepare s313 (bigint, unknown, timestamptz) as
select number, from_tx, until_tx, tx_offset, lines, previous, hash, signature, at from audit_block where number > $1 order by number limit $2
--
prepare s314 (uuid, timestamptz, timestamptz, boolean, timestamptz, unknown, unknown, timestamptz) as
select o.scheduled_for, o.key, o.run_id, o.reason, o.through, o.count, o.detail, o.recorded_at,
  coalesce(r.state, case when q.state = 2 then 'running' when q.run_id is not null then 'queued' end)
from occurrence o
left join run r on r.id = o.run_id
left join queue q on q.run_id = o.run_id
where o.task_id = $1
  and ($2 is null or coalesce(o.through, o.scheduled_for) >= $2)
  and ($3 is null or o.scheduled_for < $3)
  and ($4 is null or (o.reason is not null) = $4)
  and ($5 is null or o.scheduled_for < $5 or (o.scheduled_for = $5 and o.key < $6))
order by o.scheduled_for desc, o.key desc
limit $7
--
prepare s315 (uuid, unknown, timestamptz) as
select o.scheduled_for, o.key, o.run_id, o.reason, o.through, o.count, o.detail, o.recorded_at,
  coalesce(r.state, case when q.state = 2 then 'running' when q.run_id is not null then 'queued' end)
from occurrence o
left join run r on r.id = o.run_id
left join queue q on q.run_id = o.run_id
where o.task_id = $1 and o.scheduled_for <= $2
order by o.scheduled_for desc, o.key desc
limit 1
--
prepare s316 (uuid, unknown, timestamptz) as
select o.scheduled_for, o.key, o.run_id, o.reason, o.through, o.count, o.detail, o.recorded_at,
  coalesce(r.state, case when q.state = 2 then 'running' when q.run_id is not null then 'queued' end)
from occurrence o
left join run r on r.id = o.run_id
left join queue q on q.run_id = o.run_id
where o.task_id = $1 and o.scheduled_for <= $2 and o.key = ''
order by o.scheduled_for desc
limit 1
--
prepare s317 (unknown, timestamptz) as
select occurrence.task_id, occurrence.scheduled_for, occurrence.key, occurrence.run_id,
  occurrence.reason, occurrence.through, occurrence.count, occurrence.detail, occurrence.recorded_at
from occurrence , unnest($1::uuid[]) as each(p1) where task_id = any(array[each.p1])
--
prepare s318 (uuid, timestamptz) as
select output from step where run_id = $1 and state = 'succeeded' and output is not null
  and place not like '%.%'
order by place desc limit 1
--
prepare s319 (timestamptz) as
select owner_id, name from secret order by owner_id, name
--
prepare s320 (text, unknown, timestamptz) as
select owner_id, name, version, description, tools, hosts, key_id, wrapped_key, sealed, created_at, updated_at,
last_used_at from secret where key_id <> $1 order by owner_id, name limit $2
--
prepare s321 (uuid, text, timestamptz) as
select owner_id, name, version, description, tools, hosts, key_id, wrapped_key, sealed, created_at, updated_at,
last_used_at from secret where owner_id = $1 and name = $2
--
prepare s322 (uuid, timestamptz) as
select owner_id, name, version, description, tools, hosts, key_id, wrapped_key, sealed, created_at, updated_at,
last_used_at from secret where owner_id = $1 order by name
--
prepare s323 (text, timestamptz) as
select owner_id, run_id, place, answer, expires_at from wait where key = $1 for update
--
prepare s324 (unknown, boolean, uuid, unknown, timestamptz) as
select p.task_id, p.proposed_by, p.settings, p.payload, p.granted, p.runs_late, p.created_at from proposal p
where p.task_id < $1 and ($2 or p.owner_id = $3) order by p.task_id desc limit $4
--
prepare s325 (uuid, timestamptz) as
select p.task_id, p.proposed_by, p.settings, p.payload, p.granted, p.runs_late, p.created_at from proposal p where p.task_id = $1
--
prepare s326 (uuid, boolean, uuid, timestamptz) as
select p.task_id, p.proposed_by, p.settings, p.payload, p.granted, p.runs_late, p.created_at from proposal p where p.task_id = $1 and ($2 or p.owner_id = $3)
--
prepare s327 (timestamptz) as
select part, level, until from log_level where until > $1 order by part
--
prepare s328 (uuid, bigint, timestamptz) as
select payload from task_version where task_id = $1 and version = $2
--
prepare s329 (timestamptz) as
select pg_advisory_xact_lock(7305804402566070637)
--
prepare s330 (timestamptz) as
select pg_advisory_xact_lock(7305804402566070638), set_config('lock_timeout', '200', true)
--
prepare s331 (timestamptz) as
select pg_advisory_xact_lock(7305804402566070639)
--
prepare s332 (unknown, timestamptz) as
select pg_advisory_xact_lock(hashtextextended($1::text, 1))
--
prepare s333 (uuid, timestamptz) as
select pg_advisory_xact_lock(hashtextextended(slot::text, 0)) from queue where run_id = $1
--
prepare s334 (unknown, timestamptz) as
select pg_advisory_xact_lock(k) from (
  select distinct hashtextextended(each.p1::text, 1) as k from unnest($1::uuid[]) as each(p1) order by 1) x
--
prepare s335 (unknown, timestamptz) as
select pg_advisory_xact_lock(k) from (
  select distinct hashtextextended(each.p1::text, 0) as k from unnest($1::text[]) as each(p1) order by 1) x
--
prepare s336 (uuid, timestamptz) as
select pg_advisory_xact_lock(k) from (
  select distinct hashtextextended(slot::text, 0) as k from queue
  where run_id in (select run_id from queue where slot = $1
union all select run_id from queue where task_id = $1 and slot <> task_id) order by 1) x
--
prepare s337 (timestamptz) as
select pg_catalog.current_setting('server_version')
--
prepare s338 (timestamptz) as
select pg_current_xact_id()::text
--
prepare s339 (timestamptz) as
select pg_database_size(current_database())
--
prepare s340 (timestamptz) as
select pg_last_xact_replay_timestamp()
--
prepare s341 (timestamptz) as
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint
--
prepare s342 (timestamptz) as
select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint,
  (select pg_wal_lsn_diff(restart_lsn, '0/0')::bigint from pg_replication_slots
   where slot_name = 'ordinaut_backup' and active)
--
prepare s343 (uuid, timestamptz) as
select place, id, uses, state, attempt, epoch, started_at, finished_at, input, output, error, gate,
wake_at, awaits, answer from step where run_id = $1 order by place
--
prepare s344 (unknown, timestamptz) as
select proposal.task_id, proposal.proposed_by, proposal.settings, proposal.payload,
  proposal.granted, proposal.digest, proposal.created_at
from proposal , unnest($1::uuid[]) as each(p1) where task_id = any(array[each.p1])
--
prepare s345 (unknown, uuid, unknown, unknown, timestamptz, timestamptz) as
select r.at, r.finished_at from (
  select case when $1 then scheduled_for else finished_at end as at, finished_at, state from run
  where task_id = $2 and id >= $3 order by id desc limit $4) r
where r.state = 'succeeded' and r.at > $5 order by r.at desc limit 1
--
prepare s346 (timestamptz, timestamptz) as
select roles from node where heartbeat_at > $1
--
prepare s347 (uuid, timestamptz, timestamptz) as
select run_id from occurrence
where task_id = $1 and scheduled_for = $2 and run_id is not null and reason is null limit 1
--
prepare s348 (uuid, unknown, timestamptz) as
select run_id from queue where owner_id = $1 order by run_id limit $2
--
prepare s349 (uuid, timestamptz) as
select run_id from queue where run_id = $1 for update
--
prepare s350 (text, timestamptz) as
select run_id, epoch, cancel_requested from queue
where lease_owner = $1 and cancel_requested = 1 and state = 2
--
prepare s351 (uuid, unknown, timestamptz) as
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue
where slot = $1 or (task_id = $1 and slot <> task_id)
order by state <> 1, run_id limit $2
for update
--
prepare s352 (unknown, timestamptz) as
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue
where state = 2 and leased_until <= $2 order by leased_until limit $1
for update skip locked
--
prepare s353 (unknown, bigint, unknown, timestamptz) as
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue where created_at < $1 and epoch < $2
order by run_id limit $3
--
prepare s354 (unknown, bigint, unknown, timestamptz) as
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue where created_at < $1 and epoch < $2
order by run_id limit $3 for update
--
prepare s355 (uuid, timestamptz) as
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue where run_id = $1 for update
--
prepare s356 (uuid, bigint, timestamptz) as
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue where run_id = $1 and epoch = $2 and state = 2
for update
--
prepare s357 (text, unknown, timestamptz) as
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue where state = 2 and lease_owner <> $1 limit $2
--
prepare s358 (uuid, unknown, unknown, timestamptz) as
select run_id, task_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
  attempt, started_at, created_at
from queue where owner_id = $1 and run_id > $2 order by run_id limit $3
--
prepare s359 (unknown, timestamptz) as
select run_input.run_id, run_input.input
from run_input , unnest($1::uuid[]) as each(p1) where run_id = any(array[each.p1])
--
prepare s360 (uuid, unknown, timestamptz) as
select s.gate from run r join step s on s.run_id = r.id
where r.task_id = $1 and r.state = 'succeeded' and s.id = $2 and s.gate is not null
order by r.id desc limit 1
--
prepare s361 (text, timestamptz, timestamptz) as
select s.started_at, r.created_at, r.scheduled_for from step s join run r on r.id = s.run_id
where r.trigger = $1 and r.created_at >= $2
--
prepare s362 (uuid, timestamptz) as
select scheduled_for, key, run_id, reason, through, count, detail, recorded_at from occurrence
where task_id = $1 order by scheduled_for desc, key desc limit 1
--
prepare s363 (uuid, timestamptz) as
select scopes, limits from agent where id = $1 and status = 'active'
--
prepare s364 (unknown, timestamptz) as
select secret.owner_id, secret.name, secret.version, secret.description, secret.tools, secret.hosts,
  secret.created_at, secret.updated_at, secret.last_used_at
from secret , unnest($1::uuid[]) as each(p1) where owner_id = any(array[each.p1])
--
prepare s365 (timestamptz) as
select server, tool, pinned, offered from tool_pin order by server, tool
--
prepare s366 (text, timestamptz) as
select server, tool, pinned, offered from tool_pin where server = $1 order by tool
--
prepare s367 (timestamptz) as
select set_config('idle_in_transaction_session_timeout', '0', true)
--
prepare s368 (timestamptz) as
select set_config('lock_timeout', '200', true), set_config('statement_timeout', '0', true)
--
prepare s369 (timestamptz) as
select set_config('ordinaut.app', 'ordinaut_app_' || d.name, true),
  set_config('ordinaut.caller', 'ordinaut_caller_' || d.name, true), quote_ident(current_schema())
from (
  select case when octet_length(datname::text) <= 47 then datname::text else oid::text end as name
  from pg_database where datname = current_database()) d
--
prepare s370 (unknown, unknown, timestamptz) as
select set_config('search_path', $1, true), set_config('role', $2, true)
--
prepare s371 (unknown, unknown, unknown, timestamptz) as
select set_config('search_path', $1, true), set_config('role', $2, true),
  set_config('ordinaut.owner', $3, true)
--
prepare s372 (timestamptz) as
select set_config('statement_timeout', '30000', true), set_config('lock_timeout', '10000', true),
  set_config('idle_in_transaction_session_timeout', '30000', true), set_config('enable_seqscan', 'off', true),
  set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
  set_config('jit', 'off', true)
--
prepare s373 (unknown, timestamptz) as
select set_config('synchronous_commit', 'off', true), pg_notify('ordinaut', $1)
--
prepare s374 (timestamptz) as
select setting::bigint from pg_settings where name = 'wal_segment_size'
--
prepare s375 (timestamptz) as
select severity, count(*) from alert where state <> 'resolved' and state = 'firing' group by severity
--
prepare s376 (uuid, timestamptz) as
select state, error_code, error_message from run where id = $1
--
prepare s377 (unknown, timestamptz) as
select step.run_id, step.place, step.id, step.uses, step.state, step.attempt, step.started_at,
  step.finished_at, step.input, step.output, step.error
from step , unnest($1::uuid[]) as each(p1) where run_id = any(array[each.p1])
--
prepare s378 (unknown, uuid, timestamptz) as
select t.created_at, r.scheduled_for, r.finished_at from task t
left join run r on r.id = (
  select s.id from run s where s.task_id = t.id and s.id >= $1 and s.state = 'succeeded'
  order by s.id desc limit 1)
where t.id = $2 and t.status = 'active'
--
prepare s379 (uuid, unknown, timestamptz) as
select t.family, t.client_id, t.scopes, t.expires_at,
  (select max(u.used_at) from refresh_token u where u.family = t.family)
from refresh_token t
where t.agent_id = $1 and t.used_at is null and t.expires_at > $3
order by t.client_id is null, t.family desc limit $2
--
prepare s380 (unknown, unknown, timestamptz) as
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active')
from unnest($1::uuid[], $2::bigint[]) as each(p1, p2), lateral (
  select d.* from task d where d.owner_id = each.p1 and d.next_due <= $3 order by d.next_due limit each.p2
  for no key update skip locked) t
join task_version v on v.task_id = any(array[ t.id ]) and v.version = t.version
--
prepare s381 (uuid, timestamptz) as
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active') from task t join task_version v on v.task_id = any(array[ t.id ]) and v.version = t.version where t.id = $1
--
prepare s382 (uuid, uuid, boolean, timestamptz) as
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active') from task t join task_version v on v.task_id = any(array[ t.id ]) and v.version = t.version where t.id = $1 and (t.owner_id = $2 or $3)
--
prepare s383 (unknown, timestamptz) as
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active') from task t join task_version v on v.task_id = any(array[ t.id ]) and v.version = t.version where t.next_due <= $2 order by t.next_due limit $1
--
prepare s384 (unknown, unknown, unknown, uuid, unknown, timestamptz) as
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active') from task t join task_version v on v.task_id = any(array[ t.id ]) and v.version = t.version where t.topic_head = $1 and (t.owner_id, t.id) > ($2, $3)
  and t.status in ('active', 'paused')
  and (t.owner_id = $4
    or exists (select 1 from agent a where a.id = t.owner_id and ' ' || a.scopes || ' ' like '% admin %'))
order by t.owner_id, t.id
limit $5
--
prepare s385 (unknown, unknown, unknown, unknown, timestamptz) as
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active'), each.p1 from task t join task_version v on v.task_id = any(array[ t.id ]) and v.version = t.version , unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::boolean[]) as each(p1, p2, p3, p4)
where t.id = any(array[each.p2]) and (t.owner_id = any(array[each.p3]) or each.p4)
--
prepare s386 (uuid, unknown, text, uuid, text, text, text, unknown, timestamptz) as
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active'), v.payload from task t join task_version v on v.task_id = any(array[ t.id ]) and v.version = t.version
where t.owner_id = $1 and t.id < $2   and ($3 is null or t.status = $3)
  and ($4 is null or t.parent_task_id = $4)
  and ($5 is null or t.kind = $5)
  and ($6 is null or v.title like $6 escape '\')
  and ($7 is null or exists (
    select 1 from task_tag g where g.owner_id = t.owner_id and g.tag = $7 and g.task_id = t.id)) order by t.id desc limit $8
--
prepare s387 (unknown, text, uuid, text, text, text, unknown, timestamptz) as
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active'), v.payload from task t join task_version v on v.task_id = any(array[ t.id ]) and v.version = t.version where t.id < $1   and ($2 is null or t.status = $2)
  and ($3 is null or t.parent_task_id = $3)
  and ($4 is null or t.kind = $4)
  and ($5 is null or v.title like $5 escape '\')
  and ($6 is null or exists (
    select 1 from task_tag g where g.owner_id = t.owner_id and g.tag = $6 and g.task_id = t.id)) order by t.id desc limit $7
--
prepare s388 (uuid, uuid, boolean, timestamptz) as
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active'), v.payload from task t join task_version v on v.task_id = any(array[ t.id ]) and v.version = t.version where t.id = $1 and (t.owner_id = $2 or $3)
--
prepare s389 (unknown, unknown, timestamptz) as
select task_id, version, settings, payload, granted from task_version , unnest($1::uuid[], $2::bigint[]) as each(p1, p2)
where task_id = any(array[each.p1]) and version = any(array[each.p2])
--
prepare s390 (unknown, timestamptz) as
select task_version.task_id, task_version.version, task_version.title, task_version.settings,
  task_version.payload, task_version.granted, task_version.created_by, task_version.created_at
from task_version , unnest($1::uuid[]) as each(p1) where task_id = any(array[each.p1])
--
prepare s391 (timestamptz) as
select to_regclass('due_work')::text
--
prepare s392 (unknown, timestamptz) as
select tool_source.owner_id, tool_source.kind, tool_source.name, tool_source.settings, tool_source.updated_at
from tool_source , unnest($1::uuid[]) as each(p1) where owner_id = any(array[each.p1])
--
prepare s393 (boolean, uuid, unknown, unknown, timestamptz) as
select topic, count(*), max(created_at) from event
where ($1 or owner_id = $2) and topic > $3 group by topic order by topic limit $4
--
prepare s394 (unknown, unknown, unknown, timestamptz) as
select tx from audit where tx >= $1 and tx < $2 order by tx limit 1 offset $3
--
prepare s395 (unknown, unknown, timestamptz) as
select tx, id, actor_id, action, noun, subject_id, owner_id, request_id, detail, at from audit
where tx >= $1 and tx < $2 order by tx, id
--
prepare s396 (uuid, text, bigint, timestamptz) as
select used from daily_use where subject_id = $1 and kind = $2 and day = $3
--
prepare s397 (unknown, timestamptz) as
select wait.run_id, wait.place, wait.answer, wait.expires_at, wait.created_at
from wait , unnest($1::uuid[]) as each(p1) where run_id = any(array[each.p1])
--
prepare s398 (uuid, timestamptz) as
select webhook_id, event_id, topic, state, attempt, error, at from alert_delivery
where alert_id = $1 order by event_id, webhook_id
--
prepare s399 (text, uuid, timestamptz) as
update agent set name = $1, scopes = '', status = 'erased', secret_hash = null, webhook_url = null,
  limits = '{}', created_by = null, token_epoch = token_epoch + 1, updated_at = $3
where id = $2 and status <> 'erased'
--
prepare s400 (text, text, text, text, bigint, text, uuid, timestamptz) as
update agent set name = $1, scopes = $2, status = $3, webhook_url = $4,
  weight = $5, limits = $6, updated_at = $8
where id = $7
--
prepare s401 (bytea, uuid, timestamptz) as
update agent set secret_hash = $1, token_epoch = token_epoch + 1, updated_at = $3 where id = $2
--
prepare s402 (timestamptz) as
update agent set status = 'disabled'
--
prepare s403 (unknown, timestamptz) as
update agent set token_epoch = $1 where token_epoch < $1
--
prepare s404 (uuid, timestamptz) as
update agent set token_epoch = token_epoch + 1, updated_at = $2 where id = $1
--
prepare s405 (text, text, uuid, timestamptz) as
update alert set seen_at = $4, detail = $1
where source = $2 and source_id = $3 and state <> 'resolved'
--
prepare s406 (uuid, uuid, timestamptz) as
update alert set state = 'acknowledged', acknowledged_by = $1, acknowledged_at = $3
where id = $2 and state = 'firing'
--
prepare s407 (text, text, uuid, timestamptz) as
update alert set state = 'resolved', detail = $1, resolved_at = $4
where source = $2 and source_id = $3 and state <> 'resolved'
returning id, owner_id, source, source_id, severity, title, detail, state, since, seen_at, acknowledged_by,
acknowledged_at, resolved_at
--
prepare s408 (text, uuid, timestamptz) as
update alert_delivery set state = 'given_up', error = $1, at = $3
where webhook_id = $2 and state = 'waiting'
--
prepare s409 (text, bigint, text, uuid, uuid, timestamptz) as
update alert_delivery set state = $1, attempt = $2, error = $3, at = $6
where event_id = $4 and webhook_id = $5
--
prepare s410 (uuid, timestamptz) as
update approval set
  request_key = null,
  state = case when state <> 'pending' then state when expires_at <= $2 then 'expired' else 'canceled' end
where run_id = $1
--
prepare s411 (text, uuid, text, uuid, timestamptz) as
update approval set state = $1, decided_by = $2, decided_at = $5, comment = $3
where id = $4 and state = 'pending' and expires_at > $5
--
prepare s412 (bytea, timestamptz) as
update authorization_code set used_at = $2 where hash = $1 and used_at is null
--
prepare s413 (unknown, timestamptz) as
update cluster set backup_keep_days = $1 where id = 1 and coalesce(backup_keep_days, 0) <> $1
--
prepare s414 (text, text, timestamptz, timestamptz, timestamptz) as
update cluster set incarnation = incarnation + 1, state = $1, settles = $2,
  restored_to = $3, restored_at = $4
where id = 1
--
prepare s415 (text, timestamptz) as
update cluster set state = $1 where id = 1
--
prepare s416 (unknown, uuid, text, bigint, timestamptz) as
update daily_use set used = used + $1 where subject_id = $2 and kind = $3 and day = $4
--
prepare s417 (timestamptz, uuid, uuid, bigint, timestamptz) as
update delivery set due = $1 where webhook_id = $2 and event_id = $3 and attempt = $4
--
prepare s418 (unknown, timestamptz) as
update monitor set due = $2 from unnest($1::uuid[]) as each(p1) where monitor.task_id = any(array[each.p1])
--
prepare s419 (text, uuid, timestamptz, bigint, bigint, text, boolean, uuid, timestamptz) as
update monitor set name = $1, task_id = $2, since = $3, every_seconds = $4,
  grace_seconds = $5, severity = $6, paused = $7, due = $9
where id = $8
--
prepare s420 (timestamptz, timestamptz, timestamptz, uuid, timestamptz) as
update monitor set since = $1, heard_at = $2, due = $3 where id = $4
--
prepare s421 (text, text, uuid, timestamptz, text, timestamptz) as
update occurrence set reason = $1, detail = $2
where task_id = $3 and scheduled_for = $4 and key = $5
--
prepare s422 (timestamptz, bigint, uuid, timestamptz, timestamptz) as
update occurrence set through = $1, count = count + $2, recorded_at = $5
where task_id = $3 and scheduled_for = $4 and key = ''
--
prepare s423 (bigint, uuid, timestamptz) as
update queue set
  epoch = $1, lease_owner = null, leased_until = null, claimed_at = null,
  silent_deaths = 0,
  state = case when state = 2 then 0 else state end
where run_id = $2
--
prepare s424 (timestamptz, uuid, bigint, timestamptz) as
update queue set
  state = case
    when $1 <= $4 or exists (
      select 1 from step s where s.run_id = $2 and s.state = 'waiting' and s.answer is not null)
    then 0
    else 3
  end,
  due = $1, waiting = 1, silent_deaths = 0, lease_owner = null, leased_until = null, claimed_at = null
where run_id = $2 and epoch = $3 and state = 2
--
prepare s425 (timestamptz, bigint, bigint, uuid, bigint, timestamptz) as
update queue set
  state = case when $1 > $6 then 3 else 0 end, due = $1, attempt = $2,
  silent_deaths = $3, lease_owner = null, leased_until = null, claimed_at = null
where run_id = $4 and epoch = $5 and state = 2
--
prepare s426 (uuid, timestamptz) as
update queue set cancel_requested = 1 where owner_id = $1 and state = 2 and cancel_requested = 0
--
prepare s427 (uuid, timestamptz) as
update queue set cancel_requested = 1 where run_id = $1 and cancel_requested = 0
--
prepare s428 (unknown, unknown, unknown, timestamptz) as
update queue set leased_until = each.p1 from unnest($1::timestamptz[], $2::uuid[], $3::bigint[]) as each(p1, p2, p3)
where run_id = any(array[each.p2]) and epoch = any(array[each.p3]) and state = 2 and leased_until > $4
returning run_id, epoch, cancel_requested
--
prepare s429 (bigint, uuid, uuid, timestamptz) as
update queue set slot_limit = $1 where task_id = $2 and slot = $3 and state = 1
--
prepare s430 (uuid, timestamptz) as
update queue set state = 0, due = $2 where run_id = $1 and state = 3 and waiting = 1
--
prepare s431 (bytea, timestamptz) as
update refresh_token set used_at = $2 where hash = $1 and used_at is null
--
prepare s432 (text, bytea, bytea, uuid, text, bigint, timestamptz) as
update secret set key_id = $1, wrapped_key = $2, sealed = $3
where owner_id = $4 and name = $5 and version = $6
--
prepare s433 (uuid, text, timestamptz) as
update secret set last_used_at = $3 where owner_id = $1 and name = $2
--
prepare s434 (timestamptz, text, timestamptz) as
update signing_key set ends_at = $1 where id <> $2 and (ends_at is null or ends_at > $1)
--
prepare s435 (unknown, unknown, timestamptz) as
update signing_key set key_id = '', wrapped_key = $1, sealed = $1
where ends_at < $2 and length(sealed) > 0
--
prepare s436 (text, bytea, bytea, text, timestamptz) as
update signing_key set key_id = $1, wrapped_key = $2, sealed = $3 where id = $4
--
prepare s437 (uuid, timestamptz) as
update step set
  state = case when state = 'running' and error is not null then 'uncertain' else 'canceled' end,
  finished_at = $2
where run_id = $1 and state in ('running', 'waiting')
--
prepare s438 (text, uuid, text, timestamptz) as
update step set answer = $1
where run_id = $2 and place = $3 and state = 'waiting' and answer is null
--
prepare s439 (text, timestamptz, timestamptz, timestamptz, uuid, timestamptz) as
update task set
  status = $1, next_nominal = $2, next_due = $3, snoozed_until = $4,
  topic_head = case when $1 = 'canceled' then null else topic_head end, updated_at = $6
where id = $5
--
prepare s440 (bigint, text, text, timestamptz, timestamptz, text, timestamptz, uuid, unknown, timestamptz) as
update task set
  version = $1, status = $2, kind = $3, next_nominal = $4, next_due = $5,
  topic_head = $6, snoozed_until = $7, updated_at = $10
where id = $8 and version = $9
--
prepare s441 (bigint, uuid, timestamptz) as
update task set check_state = $1 where id = $2
--
prepare s442 (timestamptz, uuid, timestamptz) as
update task set next_due = $1 where id = $2
--
prepare s443 (unknown, unknown, unknown, unknown, unknown, unknown, timestamptz) as
update task set next_nominal = each.p1, next_due = each.p2, status = each.p3, snoozed_until = null
from unnest($1::timestamptz[], $2::timestamptz[], $3::text[], $4::uuid[], $5::bigint[], $6::timestamptz[]) as each(p1, p2, p3, p4, p5, p6) where id = any(array[each.p4]) and version = any(array[each.p5]) and next_nominal = any(array[each.p6])
returning id
--
prepare s444 (text, text, text, timestamptz) as
update tool_pin set offered = $1 where server = $2 and tool = $3
--
prepare s445 (text, text, text, timestamptz) as
update tool_pin set pinned = $1, offered = null where server = $2 and tool = $3
--
prepare s446 (text, text, timestamptz) as
update wait set answer = $1 where key = $2 and answer is null
--
prepare s447 (uuid, text, text, uuid, timestamptz) as
update wait set run_id = $1, place = $2 where key = $3 and owner_id = $4 returning answer
--
prepare s448 (unknown, timestamptz) as
update webhook set
  given_up = given_up + (
    select count(*) from delivery d where d.webhook_id = webhook.id and d.event_id < $1),
  last_error = 'The database was restored from a backup; what was to be sent may have been, and is not sent.'
where id in (select webhook_id from delivery where event_id < $1)
--
prepare s449 (text, bigint, uuid, timestamptz) as
update webhook set last_error = $1, failing_since = coalesce(failing_since, $4),
  given_up = given_up + $2
where id = $3 and status = 'active' returning failing_since
--
prepare s450 (uuid, timestamptz) as
update webhook set last_success_at = $2, failing_since = null, last_error = null
where id = $1 and status = 'active'
--
prepare s451 (text, uuid, timestamptz) as
update webhook set status = 'disabled', last_error = $1, updated_at = $3
where id = $2 and status = 'active'
--
prepare s452 (text, text, text, text, uuid, timestamptz) as
update webhook set url = $1, topics = $2, description = $3, status = $4,
  failing_since = null, updated_at = $6
where id = $5
--
prepare s453 (unknown, timestamptz, timestamptz) as
with free as materialized (
  select event_id from outbox where (claimed_until is null or claimed_until <= $3)
    and not exists (select 1 from cluster where id = 1 and state <> 'active')
  order by event_id limit $1 for update skip locked)
update outbox set claimed_until = $2 where event_id = any(array(select event_id from free))
returning event_id
--
prepare s454 (timestamptz) as
with late as materialized (
  select run_id from queue where state = 3 and due <= $1 order by due limit 10000
  for update skip locked)
update queue set state = 0 where run_id = any(array(select run_id from late))
--
prepare s455 (unknown, timestamptz) as
with next as materialized (
  select (
    select h.run_id from queue h
    where h.slot = any(array[each.p1]) and h.state = 1
      and (select count(*) from queue s where s.slot = any(array[each.p1]) and s.state in (0, 2, 3)) < h.slot_limit
    order by h.priority, h.due, h.run_id limit 1) as run_id from unnest($1::uuid[]) as each(p1))
update queue set state = case when due > $2 then 3 else 0 end
where run_id = any(array(select run_id from next)) and state = 1
--
prepare s456 (unknown, unknown, unknown, unknown, unknown, unknown, timestamptz) as
with ready as materialized (
  select r.run_id, each.p1 as lease_owner, each.p2 as leased_until
  from unnest($1::text[], $2::timestamptz[], $3::uuid[], $4::bigint[], $5::timestamptz[], $6::bigint[]) as each(p1, p2, p3, p4, p5, p6), lateral (
    select q.run_id from queue q
    where q.state = 0 and q.owner_id = each.p3 and (q.priority, q.due) >= (each.p4, each.p5)
      and not exists (select 1 from agent a where a.id = each.p3 and a.status <> 'active')
    order by q.priority, q.due limit each.p6 for update skip locked) r)
update queue set
  state = 2, epoch = epoch + 1,
  lease_owner = (select lease_owner from ready limit 1),
  leased_until = (select leased_until from ready limit 1),
  started_at = coalesce(started_at, $7), claimed_at = $7,
  resumed_at = case when waiting = 1 then $7 else resumed_at end, waiting = 0
where run_id = any(array(select run_id from ready))
returning run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at, (select i.input from run_input i where i.run_id = queue.run_id)
--
prepare s457 (unknown, unknown, unknown, timestamptz) as
with ready as materialized (
  select r.webhook_id, r.event_id, each.p1 as until
  from unnest($1::timestamptz[], $2::uuid[], $3::bigint[]) as each(p1, p2, p3), lateral (
    select d.webhook_id, d.event_id from delivery d
    where d.owner_id = each.p2 and d.due <= $4
    order by d.due, d.event_id limit each.p3 for update skip locked) r)
update delivery set due = (select until from ready limit 1), attempt = attempt + 1
where webhook_id = any(array(select webhook_id from ready)) and event_id = any(array(select event_id from ready))
  and (webhook_id, event_id) in (select webhook_id, event_id from ready)
returning webhook_id, event_id, owner_id, attempt