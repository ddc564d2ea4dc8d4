delete from account where agent_id = @agent_id
--
delete from account where agent_id = @owner_id
--
delete from agent where id = @owner_id and status = 'erased'
--
delete from alert /* each: using */ where alert.id = @of_id
--
delete from alert where id in (select id from alert where resolved_at < @before order by resolved_at limit 500)
--
delete from alert_delivery /* each: using */ where alert_id = @of_id
--
delete from alert_delivery where alert_id in (select id from alert where resolved_at < @before order by resolved_at limit 500)
--
delete from alert_delivery where event_id = @event_id and webhook_id = @webhook_id
--
delete from approval /* each: using */ where run_id = @of_id
--
delete from approval where id in (
  select a.id from approval a
  where a.run_id < @before_id and not exists (select 1 from run r where r.id = a.run_id)
    and not exists (select 1 from queue q where q.run_id = a.run_id)
  order by a.run_id limit 500)
--
delete from approval where owner_id = @owner_id
--
delete from attempt /* each: using */ where run_id = @of_id
--
delete from attempt where run_id in (select id from run where id < @before_id and finished_at < @before order by id limit 500)
--
delete from audit where id in (
  select id from audit
  where tx < (select from_tx from audit_block order by number limit 1) order by tx limit @limit)
--
delete from audit_block where number < (
  select number from audit_block where at < @before order by at desc limit 1)
--
delete from authorization_code
--
delete from authorization_code where agent_id = @owner_id
--
delete from authorization_code where client_id = @client_id
--
delete from authorization_code where hash in
  (select hash from authorization_code where expires_at < @before limit @limit)
--
delete from calendar where owner_id = @owner_id
--
delete from calendar where owner_id = @owner_id and name = @name
--
delete from daily_use /* each: using */ where subject_id = @of_id
--
delete from daily_use where (subject_id, kind, day) in (
  select subject_id, kind, day from daily_use
  where day < @day and not exists (select 1 from queue where run_id = subject_id) limit @limit)
--
delete from daily_use where subject_id = @owner_id
--
delete from dedupe where (owner_id, key) in (select owner_id, key from dedupe where at <= @before limit 500)
--
delete from dedupe where owner_id = @owner_id
--
delete from delivery
--
delete from delivery /* each: using */ where event_id = @of_id
--
delete from delivery /* each: using */ where webhook_id = @of_id
--
delete from delivery where event_id < @before_id
--
delete from delivery where webhook_id = @webhook_id
--
delete from delivery where webhook_id = @webhook_id and event_id = @event_id
--
delete from event /* each: using */ where event.id = @of_id
--
delete from event where id in (select id from event where id < @before_id limit 500)
--
delete from hook /* each: using */ where hook.id = @of_id
--
delete from hook where id = @id
--
delete from idempotency where (agent_id, key) in (
  select agent_id, key from idempotency where created_at < @before limit 500)
--
delete from idempotency where agent_id = @owner_id
--
delete from log_level where part = @part or until <= @now
--
delete from monitor /* each: using */ where monitor.id = @of_id
--
delete from monitor where id = @id
--
delete from node
--
delete from node where id <> @id
--
delete from node where id = @id
--
delete from node where id in (
  select id from node where heartbeat_at < @before order by heartbeat_at limit @limit)
--
delete from oauth_client /* each: using */ where oauth_client.id = @of_id
--
delete from oauth_client where id = @id
--
delete from occurrence /* each: using */ where task_id = @of_id
--
delete from occurrence where (task_id, scheduled_for, key) in (
  select task_id, scheduled_for, key from occurrence where recorded_at < @before limit 500)
--
delete from outbox /* each: using */ where event_id = @id
--
delete from outbox /* each: using */ where event_id = @of_id
--
delete from outbox where event_id in (select event_id from outbox where event_id < @before_id limit 500)
--
delete from proposal /* each: using */ where task_id = @of_id
--
delete from proposal where task_id = @task_id
--
delete from queue /* each: using */ where run_id = @of_id
--
delete from queue /* each: using */ where run_id = @run_id and epoch = @epoch and state = @seen_state
--
delete from queue where run_id in (select run_id from queue limit 10000)
--
delete from refresh_token
--
delete from refresh_token where agent_id = @agent_id
--
delete from refresh_token where agent_id = @agent_id and client_id is not null
--
delete from refresh_token where agent_id = @owner_id
--
delete from refresh_token where client_id = @client_id
--
delete from refresh_token where family = @family
--
delete from refresh_token where hash in
  (select hash from refresh_token where expires_at < @now limit @limit)
--
delete from run /* each: using */ where run.id = @of_id
--
delete from run where id = @id
--
delete from run where id in (select id from run where id < @before_id and finished_at < @before order by id limit 500)
--
delete from run_input /* each: using */ where run_id = @of_id
--
delete from run_input where run_id in (
  select i.run_id from run_input i
  where i.run_id < @before_id and not exists (select 1 from run r where r.id = i.run_id)
    and not exists (select 1 from queue q where q.run_id = i.run_id)
  order by i.run_id limit 500)
--
delete from secret where owner_id = @owner_id
--
delete from secret where owner_id = @owner_id and name = @name
--
delete from signing_secret /* each: using */ where signing_secret.id = @of_id
--
delete from signing_secret where id = @id
--
delete from step /* each: using */ where run_id = @of_id
--
delete from step where run_id = @run_id and state not in ('succeeded', 'skipped')
--
delete from step where run_id in (select id from run where id < @before_id and finished_at < @before order by id limit 500)
--
delete from task /* each: using */ where task.id = @of_id
--
delete from task where id = @id
--
delete from task_tag /* each: using */ where task_id = @of_id
--
delete from task_tag where task_id = @task_id
--
delete from task_version /* each: using */ where task_id = @of_id
--
delete from task_version where task_id = @task_id
--
delete from tool_pin where server = @server
--
delete from tool_pin where server = @server and tool = @tool
--
delete from tool_pin where server in (
  select name from tool_source where owner_id = @owner_id and kind = 'server')
--
delete from tool_source
--
delete from tool_source where kind = @kind and name = @name
--
delete from tool_source where owner_id = @owner_id
--
delete from wait /* each: using */ where run_id = @of_id
--
delete from wait where key = @key
--
delete from wait where key in (select key from wait where expires_at < @before limit 500)
--
delete from wait where owner_id = @owner_id
--
delete from wait where run_id = @run_id
--
delete from web_session
--
delete from web_session where agent_id = @agent_id
--
delete from web_session where agent_id = @agent_id and hash <> @hash
--
delete from web_session where agent_id = @owner_id
--
delete from web_session where hash = @hash
--
delete from web_session where hash in
  (select hash from web_session where expires_at < @now limit @limit)
--
delete from webhook /* each: using */ where webhook.id = @of_id
--
delete from webhook where id = @id
--
delete from webhook_topic /* each: using */ where webhook_id = @of_id
--
delete from webhook_topic where owner_id = @owner_id and webhook_id = @webhook_id
--
insert into account (agent_id, login, password, issuer, subject, updated_at)
values (@agent_id, @login, @password, @issuer, @subject, @now)
on conflict (agent_id) do update set
  login = excluded.login, password = excluded.password, issuer = excluded.issuer,
  subject = excluded.subject, updated_at = excluded.updated_at
--
insert into agent
  (id, name, scopes, status, secret_hash, webhook_url, token_epoch, weight, limits, created_by, created_at,
   updated_at)
values (
  @id, @name, @scopes, @status, @secret_hash, @webhook_url, 0, @weight, @limits, @created_by, @now, @now)
--
insert into alert (id, owner_id, source, source_id, severity, title, detail, state, since, seen_at)
values (@id, @owner_id, @source, @source_id, @severity, @title, @detail, 'firing', @now, @now)
on conflict (source, source_id) where state <> 'resolved' do nothing
--
insert into alert_delivery (event_id, webhook_id, owner_id, alert_id, topic, state, attempt, at)
select d.event_id, d.webhook_id, d.owner_id, @alert_id, @topic, 'waiting', 0, @now
from delivery d where d.event_id = @event_id
--
insert into approval (
  id, owner_id, run_id, task_id, step_id, title, message, action, digest, state, goes_on, expires_at,
  request_key, created_at)
values (
  @id, @owner_id, @run_id, @task_id, @step_id, @title, @message, @action, @digest, 'pending', @goes_on,
  @expires_at, @request_key, @now)
on conflict (request_key) do nothing
--
insert into attempt (
  run_id, attempt, epoch, lease_owner, started_at, ended_at, error_code, error_message, error_step)
select id, attempt, epoch, lease_owner, claimed_at, finished_at, error_code, error_message, error_step
from run where id = @id and error_code is not null
on conflict (run_id, attempt, epoch) do nothing
--
insert into attempt (
  run_id, attempt, epoch, lease_owner, started_at, ended_at, error_code, error_message, error_step, retry_at)
values (
  @run_id, @attempt, @epoch, @lease_owner, @started_at, @now, @error_code, @error_message, @error_step,
  @retry_at)
on conflict (run_id, attempt, epoch) do nothing
--
insert into audit (id, actor_id, action, noun, subject_id, owner_id, request_id, detail, at)
select @id, @actor_id, @action, @noun, @subject_id, @owner_id, @request_id, @detail, @now /* each: from */
--
insert into audit_block (number, from_tx, until_tx, tx_offset, lines, previous, hash, signature, at)
values (@number, @from_tx, @until_tx, @tx_offset, @lines, @previous, @hash, @signature, @at)
on conflict (number) do nothing
--
insert into authorization_code
  (hash, family, client_id, agent_id, scopes, redirect_uri, challenge, resource, used_at, expires_at)
values (
  @hash, @family, @client_id, @agent_id, @scopes, @redirect_uri, @challenge, @resource, null, @expires_at)
--
insert into calendar (owner_id, name, version, entries, updated_at) values (@owner_id, @name, 1, @entries, @now)
on conflict (owner_id, name) do update set
  version = calendar.version + 1, entries = excluded.entries, updated_at = excluded.updated_at
--
insert into daily_use (subject_id, kind, day, used) values (@subject_id, @kind, @day, @used)
on conflict (subject_id, kind, day) do update set used = daily_use.used + excluded.used
where daily_use.used + excluded.used <= @most
--
insert into dedupe (owner_id, key, at) values (@owner_id, @key, @now)
on conflict (owner_id, key) do update set at = excluded.at where dedupe.at <= @before
--
insert into delivery (webhook_id, event_id, owner_id, attempt, due)
select t.webhook_id, @event_id, t.owner_id, 0, @now from webhook_topic t /* each: , */
where t.owner_id = @owner_id and @topic like t.pattern escape '\'
on conflict (webhook_id, event_id) do nothing
--
insert into event (id, owner_id, topic, payload, depth, source, triggered, created_at)
select @id, @owner_id, @topic, @payload, @depth, @source, @triggered, @created_at /* each: from */
--
insert into hook (id, owner_id, topic, description, created_at)
values (@id, @owner_id, @topic, @description, @now)
--
insert into idempotency (agent_id, key, operation, request_hash, answer, created_at)
select @agent_id, @key, @operation, @request_hash, @answer, @now /* each: from */
--
insert into log_level (part, level, until) values (@part, @level, @until)
on conflict (part) do update set level = excluded.level, until = excluded.until
--
insert into migration (name, checksum, applied_at) values (@name, @checksum, @applied_at)
--
insert into migration (name, checksum, applied_at) values (@name, @checksum, @applied_at)
on conflict (name) do update set checksum = excluded.checksum, applied_at = excluded.applied_at
--
insert into migration_need (name, needs) values (@name, @needs)
--
insert into monitor (
  id, owner_id, name, task_id, token_hash, every_seconds, grace_seconds, severity, paused, since, due,
  created_at)
values (
  @id, @owner_id, @name, @task_id, @token_hash, @every_seconds, @grace_seconds, @severity, @paused, @now, @now,
  @now)
--
insert into node (id, host, pid, version, roles, slots, draining, started_at, heartbeat_at)
values (@id, @host, @pid, @version, @roles, @slots, @draining, @started_at, @now)
on conflict (id) do update set draining = excluded.draining, heartbeat_at = excluded.heartbeat_at
--
insert into oauth_client (id, name, redirect_uris, created_by, created_at)
values (@id, @name, @redirect_uris, @created_by, @now)
--
insert into occurrence (task_id, scheduled_for, key, run_id, reason, through, count, detail, recorded_at)
select @task_id, @scheduled_for, @key, @run_id, @reason, @through, @count, @detail, @now /* each: from */
--
insert into occurrence (task_id, scheduled_for, key, run_id, reason, through, count, detail, recorded_at)
select @task_id, @scheduled_for, @key, @run_id, @reason, @through, @count, @detail, @now /* each: from */ where true on conflict (task_id, scheduled_for, key) do nothing returning run_id
--
insert into outbox (event_id) select @id /* each: from */
--
insert into proposal (
  task_id, owner_id, proposed_by, settings, payload, granted, runs_late, digest, created_at)
values (
  @task_id, @owner_id, @proposed_by, @settings, @payload, @granted, @runs_late, @digest, @now)
on conflict (task_id) do update set
  proposed_by = excluded.proposed_by, settings = excluded.settings, payload = excluded.payload,
  granted = excluded.granted, runs_late = excluded.runs_late, digest = excluded.digest,
  created_at = excluded.created_at
--
insert into queue (
  run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
  expires_at, slot, slot_limit, epoch, attempt, depth, started_at, created_at)
select
  @run_id, @task_id, @owner_id, @task_version, @trigger, @occurrence_key, @scheduled_for,
  case
    when (select count(*) from (
      select 1 from queue s where s.slot = @slot and s.state in (0, 2, 3) limit @slot_limit) x) >= @slot_limit
    then 1
    when @due > @now then 3
    else 0
  end,
  @priority, @due, @expires_at, @slot, @slot_limit, @epoch, @attempt, @depth, @started_at, @created_at
/* each: from */
--
insert into refresh_token (hash, family, agent_id, scopes, client_id, used_at, expires_at)
values (@hash, @family, @agent_id, @scopes, @client_id, null, @expires_at)
--
insert into run (
  id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, attempt, epoch, depth,
  lease_owner, error_code, error_message, error_step, started_at, claimed_at, finished_at, created_at)
select
  run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, @state, attempt, epoch,
  depth, lease_owner, @error_code, @error_message, @error_step, started_at, claimed_at, @now, created_at
from queue /* each: , */ where run_id = @run_id and epoch = @epoch and queue.state = @seen_state
--
insert into run_input (run_id, input) select @run_id, @input /* each: from */ where true
on conflict (run_id) do update set input = excluded.input
--
insert into secret (owner_id, name, version, description, tools, hosts, key_id, wrapped_key, sealed, created_at,
  updated_at)
values (@owner_id, @name, @version, @description, @tools, @hosts, @key_id, @wrapped_key, @sealed, @now, @now)
on conflict (owner_id, name) do update set
  version = excluded.version, description = excluded.description, tools = excluded.tools,
  hosts = excluded.hosts, key_id = excluded.key_id, wrapped_key = excluded.wrapped_key,
  sealed = excluded.sealed, updated_at = excluded.updated_at
--
insert into signing_key (id, public_key, key_id, wrapped_key, sealed, created_at, signs_at, ends_at)
values (@id, @public_key, @key_id, @wrapped_key, @sealed, @now, @signs_at, null)
--
insert into signing_secret (id, owner_id, version, key_id, wrapped_key, sealed)
values (@id, @owner_id, @version, @key_id, @wrapped_key, @sealed)
on conflict (id) do update set
  version = excluded.version, key_id = excluded.key_id, wrapped_key = excluded.wrapped_key,
  sealed = excluded.sealed
--
insert into step (
  run_id, place, id, uses, state, attempt, epoch, started_at, finished_at, input, output, error, gate, wake_at,
  awaits)
select
  @run_id, @place, @id, @uses, @state, @attempt, @epoch, @started_at, @finished_at, @input, @output, @error,
  @gate, @wake_at, @awaits /* each: from */ where true
on conflict (run_id, place) do update set
  state = excluded.state, attempt = excluded.attempt, epoch = excluded.epoch,
  started_at = excluded.started_at, finished_at = excluded.finished_at, input = excluded.input,
  output = excluded.output, error = excluded.error, gate = excluded.gate, wake_at = excluded.wake_at,
  awaits = excluded.awaits, answer = case when excluded.state = 'waiting' then step.answer end
--
insert into task (
  id, owner_id, status, kind, version, next_nominal, next_due, topic_head, depth,
  parent_task_id, root_task_id, created_at, updated_at)
select
  @id, @owner_id, @status, @kind, @version, @next_nominal, @next_due, @topic_head, @depth, @parent_task_id,
  @root_task_id, @now, @now
/* each: from */
--
insert into task_tag (owner_id, tag, task_id) select @owner_id, @tag, @task_id /* each: from */
--
insert into task_version (task_id, version, title, settings, payload, granted, created_by, created_at)
select @task_id, @version, @title, @settings, @payload, @granted, @created_by, @now /* each: from */
--
insert into tool_pin (server, tool, pinned) select @server, @tool, @pinned
where exists (select 1 from tool_source where kind = 'server' and name = @server)
on conflict (server, tool) do nothing
--
insert into tool_revision (id, changes) values (1, 1)
on conflict (id) do update set changes = tool_revision.changes + 1
--
insert into tool_source (kind, name, settings, from_file, updated_at, owner_id)
values (@kind, @name, @settings, @from_file, @now, @owner_id)
on conflict (kind, name) do update set
  settings = excluded.settings, from_file = excluded.from_file, updated_at = excluded.updated_at,
  owner_id = excluded.owner_id
--
insert into wait (key, owner_id, run_id, expires_at, created_at)
values (@key, @owner_id, @run_id, @expires_at, @now)
on conflict (key) do nothing
--
insert into web_session (hash, agent_id, expires_at) values (@hash, @agent_id, @expires_at)
--
insert into webhook (id, owner_id, url, topics, description, status, created_at, updated_at)
values (@id, @owner_id, @url, @topics, @description, @status, @now, @now)
--
insert into webhook_topic (owner_id, webhook_id, pattern) select @owner_id, @webhook_id, @pattern
/* each: from */ where true on conflict (owner_id, webhook_id, pattern) do nothing
--
select
  (select count(*) from (
    select 1 from task where owner_id = @owner_id and next_due is not null limit @limit) t)
  + (select count(*) from (
    select 1 from task where owner_id = @owner_id and topic_head is not null limit @limit) e)
  + (select count(*) from (
    select 1 from proposal p where p.owner_id = @owner_id and exists (
      select 1 from task q where q.id = p.task_id and q.status = 'proposed' and q.topic_head is null)
    limit @limit) p)
--
select
  count(*), count(*) filter (where state = 'succeeded'),
  count(*) filter (where state in ('failed', 'quarantined', 'uncertain')),
  count(*) filter (where state = 'canceled'), count(*) filter (where state = 'queued'),
  count(*) filter (where state = 'running'), count(distinct task_id),
  avg(/* pg: 1e6 * extract(epoch from */ (finished_at - started_at) /* pg: ) */ / 1e6),
  max(created_at), max(created_at) filter (where state = 'succeeded'),
  max(created_at) filter (where state in ('failed', 'quarantined', 'uncertain'))
from (
  select task_id, state, started_at, finished_at, created_at from run
  where id >= @since_id and (@all or owner_id = @owner_id) and (@task_id is null or task_id = @task_id)
  union all
  select
    task_id, case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end, started_at, null /* pg: ::timestamptz */,
    created_at
  from queue
  where occurrence_key <> 'check' and created_at >= @since
    and (@all or owner_id = @owner_id) and (@task_id is null or task_id = @task_id)) x
--
select (select count(*) from (select 1 from queue where occurrence_key <> 'check'   and (@trigger is null or trigger = @trigger)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
  and (@success is null and (@state is null or @state = case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end)) limit @most) l)
  + (select count(*) from (select 1 from run where true   and (@trigger is null or trigger = @trigger)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
  and (@state is null or state = @state) and (@success is null or (state = 'succeeded') = @success) limit @most) f)
--
select (select count(*) from (select 1 from queue where owner_id = @owner_id
    and occurrence_key <> 'check'   and (@trigger is null or trigger = @trigger)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
  and (@success is null and (@state is null or @state = case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end)) limit @most) l)
  + (select count(*) from (select 1 from run where owner_id = @owner_id   and (@trigger is null or trigger = @trigger)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
  and (@state is null or state = @state) and (@success is null or (state = 'succeeded') = @success) limit @most) f)
--
select (select count(*) from (select 1 from queue where owner_id = @owner_id
    and occurrence_key <> 'check' limit @most) l)
  + (select count(*) from (select 1 from run where owner_id = @owner_id limit @most) f)
--
select (select count(*) from (select 1 from queue where run_id in (select run_id from queue where slot = @task_id
union all select run_id from queue where task_id = @task_id and slot <> task_id)
    and (@all or owner_id = @owner_id) and occurrence_key <> 'check'   and (@trigger is null or trigger = @trigger)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
  and (@success is null and (@state is null or @state = case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end)) limit @most) l)
  + (select count(*) from (select 1 from run where task_id = @task_id and (@all or owner_id = @owner_id)
      and (@trigger is null or trigger = @trigger)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
  and (@state is null or state = @state) and (@success is null or (state = 'succeeded') = @success) limit @most) f)
--
select * from (
  select * from (
    select run_id as id, task_id, owner_id, task_version,
  case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end as state,
  scheduled_for, occurrence_key, trigger, attempt, lease_owner, leased_until, due as not_before, started_at,
  null /* pg: ::timestamptz */ as finished_at, null as error_code, null as error_message, null as error_step,
  created_at, epoch, claimed_at
from queue where occurrence_key <> 'check' and run_id in (select run_id from queue where slot = @task_id
union all select run_id from queue where task_id = @task_id and slot <> task_id) and (@all or owner_id = @owner_id)   and (@trigger is null or trigger = @trigger)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
  and (@success is null and (@state is null or @state = case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end))
  and run_id < @before order by run_id desc limit @limit) l
  union all
  select * from (
    select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
  lease_owner, null /* pg: ::timestamptz */ as leased_until, null /* pg: ::timestamptz */ as not_before,
  started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
from run where task_id = @task_id and (@all or owner_id = @owner_id)   and (@trigger is null or trigger = @trigger)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
  and (@state is null or state = @state) and (@success is null or (state = 'succeeded') = @success)
  and id < @before order by id desc limit @limit) f) x
order by id desc limit @limit
--
select * from (
  select * from (select run_id as id, task_id, owner_id, task_version,
  case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end as state,
  scheduled_for, occurrence_key, trigger, attempt, lease_owner, leased_until, due as not_before, started_at,
  null /* pg: ::timestamptz */ as finished_at, null as error_code, null as error_message, null as error_step,
  created_at, epoch, claimed_at
from queue where occurrence_key <> 'check' and run_id in (select run_id from queue where slot = @task_id
union all select run_id from queue where task_id = @task_id and slot <> task_id) order by run_id desc limit 1) l
  union all
  select * from (select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
  lease_owner, null /* pg: ::timestamptz */ as leased_until, null /* pg: ::timestamptz */ as not_before,
  started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
from run where task_id = @task_id order by id desc limit 1) f) x
order by id desc limit 1
--
select * from (select * from (select run_id as id, task_id, owner_id, task_version,
  case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end as state,
  scheduled_for, occurrence_key, trigger, attempt, lease_owner, leased_until, due as not_before, started_at,
  null /* pg: ::timestamptz */ as finished_at, null as error_code, null as error_message, null as error_step,
  created_at, epoch, claimed_at
from queue where occurrence_key <> 'check'   and (@trigger is null or trigger = @trigger)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
  and (@success is null and (@state is null or @state = case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end))
  and run_id < @before order by run_id desc limit @limit) l
  union all select * from (select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
  lease_owner, null /* pg: ::timestamptz */ as leased_until, null /* pg: ::timestamptz */ as not_before,
  started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
from run where true   and (@trigger is null or trigger = @trigger)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
  and (@state is null or state = @state) and (@success is null or (state = 'succeeded') = @success)
  and id < @before order by id desc limit @limit) f) x order by id desc limit @limit
--
select * from (select * from (select run_id as id, task_id, owner_id, task_version,
  case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end as state,
  scheduled_for, occurrence_key, trigger, attempt, lease_owner, leased_until, due as not_before, started_at,
  null /* pg: ::timestamptz */ as finished_at, null as error_code, null as error_message, null as error_step,
  created_at, epoch, claimed_at
from queue where occurrence_key <> 'check' and owner_id = @owner_id   and (@trigger is null or trigger = @trigger)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
  and (@success is null and (@state is null or @state = case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end))
  and run_id < @before order by run_id desc limit @limit) l
  union all select * from (select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
  lease_owner, null /* pg: ::timestamptz */ as leased_until, null /* pg: ::timestamptz */ as not_before,
  started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
from run where owner_id = @owner_id   and (@trigger is null or trigger = @trigger)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
  and (@state is null or state = @state) and (@success is null or (state = 'succeeded') = @success)
  and id < @before order by id desc limit @limit) f) x order by id desc limit @limit
--
select * from (select run_id as id, task_id, owner_id, task_version,
  case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end as state,
  scheduled_for, occurrence_key, trigger, attempt, lease_owner, leased_until, due as not_before, started_at,
  null /* pg: ::timestamptz */ as finished_at, null as error_code, null as error_message, null as error_step,
  created_at, epoch, claimed_at
from queue where occurrence_key <> 'check' and run_id = @id union all select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
  lease_owner, null /* pg: ::timestamptz */ as leased_until, null /* pg: ::timestamptz */ as not_before,
  started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
from run where id = @id) x
where owner_id = @owner_id or @all
--
select 1
--
select 1 from agent limit 1
--
select 1 from wait where run_id = @run_id and place is not null limit 1
--
select @task_id /* each: from */ where exists (select 1 from queue where slot = @task_id)
  or exists (select 1 from queue where task_id = @task_id and slot <> task_id)
--
select account.agent_id, account.login, account.issuer, account.subject, account.updated_at
from account /* each: , */ where agent_id = @of_id
--
select agent_id, key, operation, request_hash, answer from idempotency /* each: , */
where agent_id = @agent_id and key = @key
--
select agent_id, login, password, issuer, subject, updated_at from account where agent_id = @agent_id
--
select agent_id, login, password, issuer, subject, updated_at from account where issuer = @issuer and subject = @subject
--
select agent_id, login, password, issuer, subject, updated_at from account where login = @login
--
select alert_delivery.alert_id, alert_delivery.event_id, alert_delivery.webhook_id, alert_delivery.topic,
  alert_delivery.state, alert_delivery.attempt, alert_delivery.error, alert_delivery.at
from alert_delivery /* each: , */ where alert_id = @of_id
--
select at from audit where tx >= (select coalesce(max(until_tx), 0) from audit_block) order by tx limit 1
--
select at from audit_block where at < @before order by at desc limit 1
--
select attempt, lease_owner, started_at, ended_at, error_code, error_message, error_step, retry_at
from attempt where run_id = @run_id order by attempt, epoch
--
select attempt.run_id, attempt.attempt, attempt.started_at, attempt.ended_at, attempt.error_code,
  attempt.error_message, attempt.error_step, attempt.retry_at
from attempt /* each: , */ where run_id = @of_id
--
select backup_keep_days from cluster where id = 1 and backup_keep_days is not null
--
select calendar.owner_id, calendar.name, calendar.version, calendar.entries, calendar.updated_at
from calendar /* each: , */ where owner_id = @of_id
--
select case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end, count(*) from queue where occurrence_key <> 'check' group by 1
--
select cast(coalesce(sum(slots), 0) as bigint) from node where heartbeat_at > @since and not draining
--
select changes from tool_revision where id = 1
--
select checksum from migration where name = @name
--
select cluster_id, incarnation, state, settles, restored_to, restored_at from cluster where id = 1
--
select cluster_id, incarnation, state, settles, restored_to, restored_at from cluster where id = 1 /* pg: for update */
--
select coalesce(max(tx), 0) + 1 from audit
--
select count(*) from (select run_id from queue order by run_id limit 1) x
--
select count(*) from agent
--
select count(*) from audit
--
select count(*) from audit where tx >= @from_tx and tx < @until_tx
--
select count(*) from delivery
--
select count(*) from event
--
select count(*) from hook where owner_id = @owner_id
--
select count(*) from monitor where owner_id = @owner_id
--
select count(*) from occurrence
--
select count(*) from outbox
--
select count(*) from queue
--
select count(*) from queue where waiting = 1
--
select count(*) from run
--
select count(*) from run where state = 'succeeded'
--
select count(*) from secret
--
select count(*) from step
--
select count(*) from task
--
select count(*) from task t join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version where t.id < @before   and (@status is null or t.status = @status)
  and (@parent_task_id is null or t.parent_task_id = @parent_task_id)
  and (@kind is null or t.kind = @kind)
  and (@query is null or v.title like @query escape '\')
  and (@tag is null or exists (
    select 1 from task_tag g where g.owner_id = t.owner_id and g.tag = @tag and g.task_id = t.id))
--
select count(*) from task t join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version where t.owner_id = @owner_id and t.id < @before   and (@status is null or t.status = @status)
  and (@parent_task_id is null or t.parent_task_id = @parent_task_id)
  and (@kind is null or t.kind = @kind)
  and (@query is null or v.title like @query escape '\')
  and (@tag is null or exists (
    select 1 from task_tag g where g.owner_id = t.owner_id and g.tag = @tag and g.task_id = t.id))
--
select count(*) from task_version
--
select count(*) from webhook
--
select count(*) from webhook where failing_since is not null
--
select count(*) from webhook where owner_id = @owner_id
--
select created_at from queue order by created_at desc limit 1
--
select daily_use.subject_id, daily_use.kind, daily_use.day, daily_use.used
from daily_use /* each: , */ where subject_id = @of_id
--
select delivery.webhook_id, delivery.event_id, delivery.attempt, delivery.due
from delivery /* each: , */ where webhook_id = @of_id
--
select distinct key_id from signing_key where key_id <> '' and (ends_at is null or ends_at > @now)
--
select distinct q.task_id from queue q /* each: , */
where q.owner_id = @owner_id and (q.state <> 2 or q.cancel_requested = 0)
--
select exists (
  select 1 from agent
  where id <> @except and status = 'active' and secret_hash is not null
    and ' ' || scopes || ' ' like '% admin %')
--
select exists (
  select 1 from occurrence
  where scheduled_for >= @from and scheduled_for < @to and recorded_at >= @before)
--
select exists (select 1 from queue where run_id in (select run_id from queue where slot = @task_id
union all select run_id from queue where task_id = @task_id and slot <> task_id) and occurrence_key = @key)
--
select exists (select 1 from queue where state = 0 and owner_id = @owner_id and priority <= @priority)
--
select exists (select 1 from run where id >= @from and id < @to and finished_at >= @before)
  or exists (select 1 from queue where run_id >= @from and run_id < @to)
--
select exists (select 1 from task where owner_id = @owner_id and next_due <= @due)
--
select exists (select 1 from task where topic_head = @head)
  or exists (select 1 from task where topic_head = '*')
  or exists (select 1 from task where topic_head = '#')
--
select exists (select 1 from task)
--
select h.owner_id, h.topic, a.status, a.scopes, a.limits, s.version, s.key_id, s.wrapped_key, s.sealed
from hook h join agent a on a.id = h.owner_id join signing_secret s on s.id = h.id
where h.id = @id
--
select hash, agent_id, expires_at from web_session where agent_id = @agent_id and expires_at > @now
order by expires_at desc, hash limit @limit
--
select hash, agent_id, expires_at from web_session where hash = @hash and expires_at > @now
--
select hash, family, agent_id, scopes, client_id, expires_at from refresh_token where hash = @hash
--
select hash, family, client_id, agent_id, scopes, redirect_uri, challenge, resource, used_at, expires_at
from authorization_code where hash = @hash
--
select id from agent
where status = 'active' and secret_hash is not null and ' ' || scopes || ' ' like '% admin %'
order by id limit 1
--
select id from agent where name = 'admin'
--
select id from agent where name = @name
--
select id from agent where status <> 'active' order by id
--
select id from agent where status = 'erased' and updated_at < @before order by id limit @limit
--
select id from alert where owner_id = @owner_id order by id limit @limit
--
select id from event order by id desc limit 1
--
select id from event where owner_id = @owner_id order by id limit @limit
--
select id from hook where owner_id = @owner_id order by id limit @limit
--
select id from monitor where owner_id = @owner_id order by id limit @limit
--
select id from oauth_client where created_by = @owner_id order by id limit @limit
--
select id from run where owner_id = @owner_id order by id limit @limit
--
select id from task where owner_id = @owner_id order by id limit @limit
--
select id from webhook where owner_id = @owner_id order by id limit @limit
--
select id, action, noun, subject_id, owner_id, request_id, detail, at
from audit where actor_id = @owner_id and id > @after order by id limit @limit
--
select id, at, actor_id, action, noun, subject_id, request_id, detail from audit
where actor_id = @actor_id and id < @before and (@action is null or action = @action)
  and (@noun is null or noun = @noun) and (@since is null or at >= @since) and (@until is null or at < @until)
order by id desc limit @limit
--
select id, at, actor_id, action, noun, subject_id, request_id, detail from audit
where id < @before and (@action is null or action = @action)
  and (@noun is null or noun = @noun) and (@since is null or at >= @since) and (@until is null or at < @until)
order by id desc limit @limit
--
select id, at, actor_id, action, noun, subject_id, request_id, detail from audit
where subject_id = @subject_id and id < @before and (@all or actor_id = @viewer or owner_id = @viewer)
  and (@actor_id is null or actor_id = @actor_id) and (@action is null or action = @action)
  and (@noun is null or noun = @noun) and (@since is null or at >= @since) and (@until is null or at < @until)
order by id desc limit @limit
--
select id, error from step where run_id = @run_id and state = 'running' and error is not null
order by place limit 1
--
select id, host, pid, version, roles, slots, draining, started_at, heartbeat_at from node
order by id limit @limit
--
select id, name, redirect_uris, created_at
from oauth_client where created_by = @owner_id and id > @after order by id limit @limit
--
select id, name, redirect_uris, created_by, created_at from oauth_client
where (@all or created_by = @viewer) and id > @after
order by id limit @limit
--
select id, name, redirect_uris, created_by, created_at from oauth_client where id = @id
--
select id, name, scopes, status, secret_hash, webhook_url, token_epoch, created_by, created_at, updated_at, weight,
limits
from agent
where (@all or id = @viewer or created_by = @viewer) and status <> 'erased' and id > @after
order by id limit @limit
--
select id, name, scopes, status, secret_hash, webhook_url, token_epoch, created_by, created_at, updated_at, weight,
limits
from agent where id = @id and status <> 'erased'
--
select id, name, scopes, status, webhook_url, weight, limits, created_by, created_at, updated_at
from agent where id = @owner_id and id > @after order by id limit @limit
--
select id, name, task_id, every_seconds, grace_seconds, severity, since, heard_at, due, created_at
from monitor where owner_id = @owner_id and id > @after order by id limit @limit
--
select id, owner_id, run_id, task_id, step_id, title, message, action, digest, state, expires_at, decided_by,
decided_at, comment, goes_on, created_at from approval
where id < @before and (@all or owner_id = @owner_id)
  and (@state is null
    or @state = case when state = 'pending' and expires_at <= @now then 'expired' else state end)
order by id desc limit @limit
--
select id, owner_id, run_id, task_id, step_id, title, message, action, digest, state, expires_at, decided_by,
decided_at, comment, goes_on, created_at from approval where id = @id and (@all or owner_id = @owner_id)
--
select id, owner_id, run_id, task_id, step_id, title, message, action, digest, state, expires_at, decided_by,
decided_at, comment, goes_on, created_at from approval where request_key = @request_key
--
select id, owner_id, source, source_id, severity, title, detail, state, since, seen_at, acknowledged_by,
acknowledged_at, resolved_at from alert
where id < @before and (@state is null or state = @state or @state = 'open' and state <> 'resolved')
order by id desc limit @limit
--
select id, owner_id, source, source_id, severity, title, detail, state, since, seen_at, acknowledged_by,
acknowledged_at, resolved_at from alert
where owner_id = @owner_id and id < @before
  and (@state is null or state = @state or @state = 'open' and state <> 'resolved')
order by id desc limit @limit
--
select id, owner_id, source, source_id, severity, title, detail, state, since, seen_at, acknowledged_by,
acknowledged_at, resolved_at from alert where id = @id and (owner_id = @owner_id or @all)
--
select id, owner_id, topic, description, created_at from hook where id = @id and (owner_id = @owner_id or @all) /* pg: for update */
--
select id, owner_id, topic, description, created_at from hook where id > @after order by id limit @limit
--
select id, owner_id, topic, description, created_at from hook where owner_id = @owner_id and id > @after order by id limit @limit
--
select id, owner_id, topic, payload, depth, source, created_at, triggered from event /* each: , */ where id = @id
--
select id, owner_id, topic, payload, depth, source, created_at, triggered from event where id = @id and (owner_id = @owner_id or @all)
--
select id, owner_id, topic, payload, depth, source, created_at, triggered from event where id >= @floor order by id desc limit @limit
--
select id, owner_id, topic, payload, depth, source, created_at, triggered from event where owner_id = @owner_id   and id < @before
  and (@topic is null or topic = @topic)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
order by id desc limit @limit
--
select id, owner_id, topic, payload, depth, source, created_at, triggered from event where true   and id < @before
  and (@topic is null or topic = @topic)
  and (@since is null or created_at >= @since)
  and (@until is null or created_at < @until)
order by id desc limit @limit
--
select id, owner_id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
created_at, updated_at from webhook where id = @id
--
select id, owner_id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
created_at, updated_at from webhook where id = @id and (owner_id = @owner_id or @all) /* pg: for update */
--
select id, owner_id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
created_at, updated_at, (select count(*) from delivery d where d.webhook_id = webhook.id) from webhook where id = @id and (owner_id = @owner_id or @all)
--
select id, owner_id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
created_at, updated_at, (select count(*) from delivery d where d.webhook_id = webhook.id) from webhook where id > @after order by id limit @limit
--
select id, owner_id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
created_at, updated_at, (select count(*) from delivery d where d.webhook_id = webhook.id) from webhook where owner_id = @owner_id and id > @after order by id limit @limit
--
select id, owner_id, version, key_id, wrapped_key, sealed from signing_secret where id = @id
--
select id, owner_id, version, key_id, wrapped_key, sealed from signing_secret where id = @id /* pg: for update */
--
select id, owner_id, version, key_id, wrapped_key, sealed from signing_secret where key_id <> @key_id order by id limit @limit /* pg: for update */
--
select id, public_key, key_id, wrapped_key, sealed, created_at, signs_at, ends_at from signing_key order by created_at, id
--
select id, public_key, key_id, wrapped_key, sealed, created_at, signs_at, ends_at from signing_key where ends_at is null or ends_at > @now order by created_at, id
--
select id, run_id, task_id, step_id, title, message, action, state, decided_by, decided_at, comment,
  created_at
from approval where owner_id = @owner_id and id > @after order by id limit @limit
--
select id, source, source_id, severity, title, detail, state, since, seen_at, acknowledged_by,
  acknowledged_at, resolved_at
from alert where owner_id = @owner_id and id > @after order by id limit @limit
--
select id, status, kind, version, next_nominal, next_due, snoozed_until, depth, parent_task_id,
  root_task_id, created_at, updated_at
from task where owner_id = @owner_id and id > @after order by id limit @limit
--
select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
  lease_owner, null /* pg: ::timestamptz */ as leased_until, null /* pg: ::timestamptz */ as not_before,
  started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
from run
where state in ('failed', 'quarantined') and state in (@state, @other_state)
  and (@all or owner_id = @owner_id)
  and (@task_id is null or task_id = @task_id)
  and exists (select 1 from task t where t.id = run.task_id)
  and not exists (select 1 from agent a where a.id = run.owner_id and a.status <> 'active')
order by id limit @limit
--
select id, task_id, task_version, trigger, occurrence_key, scheduled_for, state, attempt,
  error_code, error_message, error_step, started_at, finished_at, created_at
from run where owner_id = @owner_id and id > @after order by id limit @limit
--
select id, topic, description, created_at
from hook where owner_id = @owner_id and id > @after order by id limit @limit
--
select id, topic, payload, source, depth, triggered, created_at
from event where owner_id = @owner_id and id > @after order by id limit @limit
--
select id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
  created_at, updated_at
from webhook where owner_id = @owner_id and id > @after order by id limit @limit
--
select input from run_input where run_id = @run_id
--
select key_id from secret union select key_id from signing_secret
--
select kind, name, settings, from_file, updated_at, owner_id from tool_source
where kind = @kind and name = @name
--
select kind, name, settings, from_file, updated_at, owner_id from tool_source order by kind, name
--
select lease_owner, count(*), max(leased_until) from queue where state = 2 group by lease_owner
order by lease_owner
--
select m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
m.created_at, m.paused,
(select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved') from monitor m join agent g on g.id = m.owner_id
where m.due <= @now and g.status = 'active'
  and not exists (select 1 from cluster where id = 1 and state <> 'active')
order by m.due limit @limit /* pg: for update of m skip locked */
--
select m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
m.created_at, m.paused,
(select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved') from monitor m join agent g on g.id = m.owner_id
where m.token_hash = @token_hash and g.status = 'active' /* pg: for update of m */
--
select m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
m.created_at, m.paused,
(select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved') from monitor m where m.id = @id and (m.owner_id = @owner_id or @all)
--
select m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
m.created_at, m.paused,
(select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved') from monitor m where m.id = @id and (m.owner_id = @owner_id or @all) /* pg: for update */
--
select m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
m.created_at, m.paused,
(select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved') from monitor m where m.id > @after order by m.id limit @limit
--
select m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
m.created_at, m.paused,
(select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved') from monitor m where m.owner_id = @owner_id and m.id > @after order by m.id limit @limit
--
select min(due) from queue where state = 3
--
select min(due) from queue where state in (0, 3) and due <= @now and occurrence_key <> 'check'
--
select min(m.due) from monitor m join agent g on g.id = m.owner_id
where m.due is not null and g.status = 'active'
--
select name from migration
--
select name, entries, version, updated_at from calendar
where owner_id = @owner_id and (@after is null or name > @after) order by name limit @limit
--
select name, entries, version, updated_at from calendar where owner_id = @owner_id and name = @name
--
select name, needs from migration_need order by name
--
select number, from_tx, until_tx, tx_offset, lines, previous, hash, signature, at from audit_block order by number desc limit 1
--
select number, from_tx, until_tx, tx_offset, lines, previous, hash, signature, at from audit_block where number > @number order by number limit @limit
--
select o.scheduled_for, o.key, o.run_id, o.reason, o.through, o.count, o.detail, o.recorded_at,
  coalesce(r.state, case when q.state = 2 then 'running' when q.run_id is not null then 'queued' end)
from occurrence o
left join run r on r.id = o.run_id
left join queue q on q.run_id = o.run_id
where o.task_id = @task_id
  and (@since is null or coalesce(o.through, o.scheduled_for) >= @since)
  and (@until is null or o.scheduled_for < @until)
  and (@skipped is null or (o.reason is not null) = @skipped)
  and (@before is null or o.scheduled_for < @before or (o.scheduled_for = @before and o.key < @before_key))
order by o.scheduled_for desc, o.key desc
limit @limit
--
select o.scheduled_for, o.key, o.run_id, o.reason, o.through, o.count, o.detail, o.recorded_at,
  coalesce(r.state, case when q.state = 2 then 'running' when q.run_id is not null then 'queued' end)
from occurrence o
left join run r on r.id = o.run_id
left join queue q on q.run_id = o.run_id
where o.task_id = @task_id and o.scheduled_for <= @at
order by o.scheduled_for desc, o.key desc
limit 1
--
select o.scheduled_for, o.key, o.run_id, o.reason, o.through, o.count, o.detail, o.recorded_at,
  coalesce(r.state, case when q.state = 2 then 'running' when q.run_id is not null then 'queued' end)
from occurrence o
left join run r on r.id = o.run_id
left join queue q on q.run_id = o.run_id
where o.task_id = @task_id and o.scheduled_for <= @at and o.key = ''
order by o.scheduled_for desc
limit 1
--
select occurrence.task_id, occurrence.scheduled_for, occurrence.key, occurrence.run_id,
  occurrence.reason, occurrence.through, occurrence.count, occurrence.detail, occurrence.recorded_at
from occurrence /* each: , */ where task_id = @of_id
--
select output from step where run_id = @run_id and state = 'succeeded' and output is not null
  and place not like '%.%'
order by place desc limit 1
--
select owner_id, name from secret order by owner_id, name
--
select owner_id, name, version, description, tools, hosts, key_id, wrapped_key, sealed, created_at, updated_at,
last_used_at from secret where key_id <> @key_id order by owner_id, name limit @limit
--
select owner_id, name, version, description, tools, hosts, key_id, wrapped_key, sealed, created_at, updated_at,
last_used_at from secret where owner_id = @owner_id and name = @name
--
select owner_id, name, version, description, tools, hosts, key_id, wrapped_key, sealed, created_at, updated_at,
last_used_at from secret where owner_id = @owner_id order by name
--
select owner_id, run_id, place, answer, expires_at from wait where key = @key /* pg: for update */
--
select p.task_id, p.proposed_by, p.settings, p.payload, p.granted, p.runs_late, p.created_at from proposal p
where p.task_id < @before and (@all or p.owner_id = @owner_id) order by p.task_id desc limit @limit
--
select p.task_id, p.proposed_by, p.settings, p.payload, p.granted, p.runs_late, p.created_at from proposal p where p.task_id = @task_id
--
select p.task_id, p.proposed_by, p.settings, p.payload, p.granted, p.runs_late, p.created_at from proposal p where p.task_id = @task_id and (@all or p.owner_id = @owner_id)
--
select page_count * page_size from pragma_page_count(), pragma_page_size()
--
select part, level, until from log_level where until > @now order by part
--
select payload from task_version where task_id = @task_id and version = @version
--
select place, id, uses, state, attempt, epoch, started_at, finished_at, input, output, error, gate,
wake_at, awaits, answer from step where run_id = @run_id order by place
--
select proposal.task_id, proposal.proposed_by, proposal.settings, proposal.payload,
  proposal.granted, proposal.digest, proposal.created_at
from proposal /* each: , */ where task_id = @of_id
--
select r.at, r.finished_at from (
  select case when @by_plan then scheduled_for else finished_at end as at, finished_at, state from run
  where task_id = @task_id and id >= @from_id order by id desc limit @limit) r
where r.state = 'succeeded' and r.at > @since order by r.at desc limit 1
--
select roles from node where heartbeat_at > @since
--
select run_id from occurrence
where task_id = @task_id and scheduled_for = @scheduled_for and run_id is not null and reason is null limit 1
--
select run_id from queue where owner_id = @owner_id order by run_id limit @limit
--
select run_id, epoch, cancel_requested from queue
where lease_owner = @lease_owner and cancel_requested = 1 and state = 2
--
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue
where slot = @task_id or (task_id = @task_id and slot <> task_id)
order by state <> 1, run_id limit @limit
/* pg: for update */
--
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue
where state = 2 and leased_until <= @now order by leased_until limit @limit
/* pg: for update skip locked */
--
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue where created_at < @before and epoch < @epoch
order by run_id limit @limit
--
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue where created_at < @before and epoch < @epoch
order by run_id limit @limit /* pg: for update */
--
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue where run_id = @run_id /* pg: for update */
--
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue where run_id = @run_id and epoch = @epoch and state = 2
/* pg: for update */
--
select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at from queue where state = 2 and lease_owner <> @lease_owner limit @limit
--
select run_id, task_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
  attempt, started_at, created_at
from queue where owner_id = @owner_id and run_id > @after order by run_id limit @limit
--
select run_input.run_id, run_input.input
from run_input /* each: , */ where run_id = @of_id
--
select s.gate from run r join step s on s.run_id = r.id
where r.task_id = @task_id and r.state = 'succeeded' and s.id = @step_id and s.gate is not null
order by r.id desc limit 1
--
select s.started_at, r.created_at, r.scheduled_for from step s join run r on r.id = s.run_id
where r.trigger = @trigger and r.created_at >= @since
--
select scheduled_for, key, run_id, reason, through, count, detail, recorded_at from occurrence
where task_id = @task_id order by scheduled_for desc, key desc limit 1
--
select scopes, limits from agent where id = @id and status = 'active'
--
select secret.owner_id, secret.name, secret.version, secret.description, secret.tools, secret.hosts,
  secret.created_at, secret.updated_at, secret.last_used_at
from secret /* each: , */ where owner_id = @of_id
--
select server, tool, pinned, offered from tool_pin order by server, tool
--
select server, tool, pinned, offered from tool_pin where server = @server order by tool
--
select severity, count(*) from alert where state <> 'resolved' and state = 'firing' group by severity
--
select sqlite_version()
--
select state, error_code, error_message from run where id = @id
--
select step.run_id, step.place, step.id, step.uses, step.state, step.attempt, step.started_at,
  step.finished_at, step.input, step.output, step.error
from step /* each: , */ where run_id = @of_id
--
select t.created_at, r.scheduled_for, r.finished_at from task t
left join run r on r.id = (
  select s.id from run s where s.task_id = t.id and s.id >= @from_id and s.state = 'succeeded'
  order by s.id desc limit 1)
where t.id = @id and t.status = 'active'
--
select t.family, t.client_id, t.scopes, t.expires_at,
  (select max(u.used_at) from refresh_token u where u.family = t.family)
from refresh_token t
where t.agent_id = @agent_id and t.used_at is null and t.expires_at > @now
order by t.client_id is null, t.family desc limit @limit
--
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active')
from /* each: lateral */ (
  select d.* from task d where d.owner_id = @owner_id and d.next_due <= @now order by d.next_due limit @places
  /* pg: for no key update skip locked */) t
join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version
--
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active') from task t join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version where t.id = @id
--
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active') from task t join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version where t.id = @id and (t.owner_id = @owner_id or @all)
--
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active') from task t join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version where t.next_due <= @now order by t.next_due limit @limit
--
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active') from task t join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version where t.topic_head = @head and (t.owner_id, t.id) > (@after_owner, @after_id)
  and t.status in ('active', 'paused')
  and (t.owner_id = @owner_id
    or exists (select 1 from agent a where a.id = t.owner_id and ' ' || a.scopes || ' ' like '% admin %'))
order by t.owner_id, t.id
limit @limit
--
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active'), @place from task t join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version /* each: , */
where t.id = @id and (t.owner_id = @owner_id or @all)
--
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active'), v.payload from task t join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version
where t.owner_id = @owner_id and t.id < @before   and (@status is null or t.status = @status)
  and (@parent_task_id is null or t.parent_task_id = @parent_task_id)
  and (@kind is null or t.kind = @kind)
  and (@query is null or v.title like @query escape '\')
  and (@tag is null or exists (
    select 1 from task_tag g where g.owner_id = t.owner_id and g.tag = @tag and g.task_id = t.id)) order by t.id desc limit @limit
--
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active'), v.payload from task t join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version where t.id < @before   and (@status is null or t.status = @status)
  and (@parent_task_id is null or t.parent_task_id = @parent_task_id)
  and (@kind is null or t.kind = @kind)
  and (@query is null or v.title like @query escape '\')
  and (@tag is null or exists (
    select 1 from task_tag g where g.owner_id = t.owner_id and g.tag = @tag and g.task_id = t.id)) order by t.id desc limit @limit
--
select t.id, t.owner_id, t.status, t.version, t.next_nominal, t.next_due, t.snoozed_until, t.check_state,
t.created_at, t.updated_at, v.settings, t.depth, t.parent_task_id, t.root_task_id, v.granted,
(select p.digest from proposal p where p.task_id = t.id),
exists (select 1 from agent s where s.id = t.owner_id and s.status <> 'active'), v.payload from task t join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version where t.id = @id and (t.owner_id = @owner_id or @all)
--
select task_id, version, settings, payload, granted from task_version /* each: , */
where task_id = @task_id and version = @version
--
select task_version.task_id, task_version.version, task_version.title, task_version.settings,
  task_version.payload, task_version.granted, task_version.created_by, task_version.created_at
from task_version /* each: , */ where task_id = @of_id
--
select tool_source.owner_id, tool_source.kind, tool_source.name, tool_source.settings, tool_source.updated_at
from tool_source /* each: , */ where owner_id = @of_id
--
select topic, count(*), max(created_at) from event
where (@all or owner_id = @owner_id) and topic > @after group by topic order by topic limit @limit
--
select tx from audit where tx >= @from_tx and tx < @until_tx order by tx limit 1 offset @limit
--
select tx, id, actor_id, action, noun, subject_id, owner_id, request_id, detail, at from audit
where tx >= @from_tx and tx < @until_tx order by tx, id
--
select used from daily_use where subject_id = @subject_id and kind = @kind and day = @day
--
select wait.run_id, wait.place, wait.answer, wait.expires_at, wait.created_at
from wait /* each: , */ where run_id = @of_id
--
select webhook_id, event_id, topic, state, attempt, error, at from alert_delivery
where alert_id = @alert_id order by event_id, webhook_id
--
update agent set name = @name, scopes = '', status = 'erased', secret_hash = null, webhook_url = null,
  limits = '{}', created_by = null, token_epoch = token_epoch + 1, updated_at = @now
where id = @owner_id and status <> 'erased'
--
update agent set name = @name, scopes = @scopes, status = @status, webhook_url = @webhook_url,
  weight = @weight, limits = @limits, updated_at = @now
where id = @id
--
update agent set secret_hash = @secret_hash, token_epoch = token_epoch + 1, updated_at = @now where id = @id
--
update agent set status = 'disabled'
--
update agent set token_epoch = @epoch where token_epoch < @epoch
--
update agent set token_epoch = token_epoch + 1, updated_at = @now where id = @id
--
update alert set seen_at = @now, detail = @detail
where source = @source and source_id = @source_id and state <> 'resolved'
--
update alert set state = 'acknowledged', acknowledged_by = @acknowledged_by, acknowledged_at = @now
where id = @id and state = 'firing'
--
update alert set state = 'resolved', detail = @detail, resolved_at = @now
where source = @source and source_id = @source_id and state <> 'resolved'
returning id, owner_id, source, source_id, severity, title, detail, state, since, seen_at, acknowledged_by,
acknowledged_at, resolved_at
--
update alert_delivery set state = 'given_up', error = @error, at = @now
where webhook_id = @webhook_id and state = 'waiting'
--
update alert_delivery set state = @state, attempt = @attempt, error = @error, at = @now
where event_id = @event_id and webhook_id = @webhook_id
--
update approval set
  request_key = null,
  state = case when state <> 'pending' then state when expires_at <= @now then 'expired' else 'canceled' end
where run_id = @run_id
--
update approval set state = @state, decided_by = @decided_by, decided_at = @now, comment = @comment
where id = @id and state = 'pending' and expires_at > @now
--
update authorization_code set used_at = @now where hash = @hash and used_at is null
--
update cluster set backup_keep_days = @days where id = 1 and coalesce(backup_keep_days, 0) <> @days
--
update cluster set incarnation = incarnation + 1, state = @state, settles = @settles,
  restored_to = @restored_to, restored_at = @restored_at
where id = 1
--
update cluster set state = @state where id = 1
--
update daily_use set used = used + @difference where subject_id = @subject_id and kind = @kind and day = @day
--
update delivery set due = @due where webhook_id = @webhook_id and event_id = @event_id and attempt = @attempt
--
update monitor set due = @now /* each: from */ where monitor.task_id = @of_id
--
update monitor set name = @name, task_id = @task_id, since = @since, every_seconds = @every_seconds,
  grace_seconds = @grace_seconds, severity = @severity, paused = @paused, due = @now
where id = @id
--
update monitor set since = @since, heard_at = @heard_at, due = @due where id = @id
--
update occurrence set reason = @reason, detail = @detail
where task_id = @task_id and scheduled_for = @scheduled_for and key = @key
--
update occurrence set through = @through, count = count + @count, recorded_at = @now
where task_id = @task_id and scheduled_for = @scheduled_for and key = ''
--
update queue set
  epoch = @epoch, lease_owner = null, leased_until = null, claimed_at = null,
  silent_deaths = 0,
  state = case when state = 2 then 0 else state end
where run_id = @run_id
--
update queue set
  state = case
    when @due <= @now or exists (
      select 1 from step s where s.run_id = @run_id and s.state = 'waiting' and s.answer is not null)
    then 0
    else 3
  end,
  due = @due, waiting = 1, silent_deaths = 0, lease_owner = null, leased_until = null, claimed_at = null
where run_id = @run_id and epoch = @epoch and state = 2
--
update queue set
  state = case when @due > @now then 3 else 0 end, due = @due, attempt = @attempt,
  silent_deaths = @silent_deaths, lease_owner = null, leased_until = null, claimed_at = null
where run_id = @run_id and epoch = @epoch and state = 2
--
update queue set cancel_requested = 1 where owner_id = @owner_id and state = 2 and cancel_requested = 0
--
update queue set cancel_requested = 1 where run_id = @run_id and cancel_requested = 0
--
update queue set leased_until = @leased_until /* each: from */
where run_id = @run_id and epoch = @epoch and state = 2 and leased_until > @now
returning run_id, epoch, cancel_requested
--
update queue set slot_limit = @slot_limit where task_id = @task_id and slot = @slot and state = 1
--
update queue set state = 0, due = @now where run_id = @run_id and state = 3 and waiting = 1
--
update refresh_token set used_at = @now where hash = @hash and used_at is null
--
update secret set key_id = @key_id, wrapped_key = @wrapped_key, sealed = @sealed
where owner_id = @owner_id and name = @name and version = @version
--
update secret set last_used_at = @now where owner_id = @owner_id and name = @name
--
update signing_key set ends_at = @ends_at where id <> @id and (ends_at is null or ends_at > @ends_at)
--
update signing_key set key_id = '', wrapped_key = @nothing, sealed = @nothing
where ends_at < @before and length(sealed) > 0
--
update signing_key set key_id = @key_id, wrapped_key = @wrapped_key, sealed = @sealed where id = @id
--
update step set
  state = case when state = 'running' and error is not null then 'uncertain' else 'canceled' end,
  finished_at = @now
where run_id = @run_id and state in ('running', 'waiting')
--
update step set answer = @answer
where run_id = @run_id and place = @place and state = 'waiting' and answer is null
--
update task set
  status = @status, next_nominal = @next_nominal, next_due = @next_due, snoozed_until = @snoozed_until,
  topic_head = case when @status = 'canceled' then null else topic_head end, updated_at = @now
where id = @id
--
update task set
  version = @version, status = @status, kind = @kind, next_nominal = @next_nominal, next_due = @next_due,
  topic_head = @topic_head, snoozed_until = @snoozed_until, updated_at = @now
where id = @id and version = @seen_version
--
update task set check_state = @check_state where id = @id
--
update task set next_due = @next_due where id = @id
--
update task set next_nominal = @next_nominal, next_due = @next_due, status = @status, snoozed_until = null
/* each: from */ where id = @id and version = @version and next_nominal = @seen_nominal
returning id
--
update tool_pin set offered = @offered where server = @server and tool = @tool
--
update tool_pin set pinned = @pinned, offered = null where server = @server and tool = @tool
--
update wait set answer = @answer where key = @key and answer is null
--
update wait set run_id = @run_id, place = @place where key = @key and owner_id = @owner_id returning answer
--
update webhook set
  given_up = given_up + (
    select count(*) from delivery d where d.webhook_id = webhook.id and d.event_id < @before_id),
  last_error = 'The database was restored from a backup; what was to be sent may have been, and is not sent.'
where id in (select webhook_id from delivery where event_id < @before_id)
--
update webhook set last_error = @last_error, failing_since = coalesce(failing_since, @now),
  given_up = given_up + @given_up
where id = @id and status = 'active' returning failing_since
--
update webhook set last_success_at = @now, failing_since = null, last_error = null
where id = @id and status = 'active'
--
update webhook set status = 'disabled', last_error = @last_error, updated_at = @now
where id = @id and status = 'active'
--
update webhook set url = @url, topics = @topics, description = @description, status = @status,
  failing_since = null, updated_at = @now
where id = @id
--
with free as materialized (
  select event_id from outbox where (claimed_until is null or claimed_until <= @now)
    and not exists (select 1 from cluster where id = 1 and state <> 'active')
  order by event_id limit @limit /* pg: for update skip locked */)
update outbox set claimed_until = @until where event_id in (select event_id from free)
returning event_id
--
with late as materialized (
  select run_id from queue where state = 3 and due <= @now order by due limit 10000
  /* pg: for update skip locked */)
update queue set state = 0 where run_id in (select run_id from late)
--
with next as materialized (
  select (
    select h.run_id from queue h
    where h.slot = @slot and h.state = 1
      and (select count(*) from queue s where s.slot = @slot and s.state in (0, 2, 3)) < h.slot_limit
    order by h.priority, h.due, h.run_id limit 1) as run_id /* each: from */)
update queue set state = case when due > @now then 3 else 0 end
where run_id in (select run_id from next) and state = 1
--
with ready as materialized (
  select r.run_id, @lease_owner as lease_owner, @leased_until as leased_until
  from /* each: lateral */ (
    select q.run_id from queue q
    where q.state = 0 and q.owner_id = @owner_id and (q.priority, q.due) >= (@from_priority, @from_due)
      and not exists (select 1 from agent a where a.id = @owner_id and a.status <> 'active')
    order by q.priority, q.due limit @places /* pg: for update skip locked */) r)
update queue set
  state = 2, epoch = epoch + 1,
  lease_owner = (select lease_owner from ready limit 1),
  leased_until = (select leased_until from ready limit 1),
  started_at = coalesce(started_at, @now), claimed_at = @now,
  resumed_at = case when waiting = 1 then @now else resumed_at end, waiting = 0
where run_id in (select run_id from ready)
returning run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
leased_until, started_at, created_at, claimed_at, resumed_at, (select i.input from run_input i where i.run_id = queue.run_id)
--
with ready as materialized (
  select r.webhook_id, r.event_id, @until as until
  from /* each: lateral */ (
    select d.webhook_id, d.event_id from delivery d
    where d.owner_id = @owner_id and d.due <= @now
    order by d.due, d.event_id limit @places /* pg: for update skip locked */) r)
update delivery set due = (select until from ready limit 1), attempt = attempt + 1
where webhook_id in (select webhook_id from ready) and event_id in (select event_id from ready)
  and (webhook_id, event_id) in (select webhook_id, event_id from ready)
returning webhook_id, event_id, owner_id, attempt