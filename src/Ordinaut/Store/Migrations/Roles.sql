-- What the two roles of the program may, said again after each migration (Store/DatabaseRoles.cs). ordinaut_app does the
-- work: it changes no schema, and no line of the audit log. ordinaut_caller reads for one agent, whose id is in the
-- setting ordinaut.owner, and sees no row of another, whatever the statement says.
do $$
declare
  mine constant text := '(select nullif(current_setting(''ordinaut.owner'', true), '''')::uuid)';
  of_task constant text := 'exists (select 1 from task t where t.id = %I.task_id)';
  of_run constant text :=
    'exists (select 1 from queue q where q.run_id = %1$I.run_id) or exists (select 1 from run r where r.id = %1$I.run_id)';
  schema constant text := current_schema();
  name text;
  condition text;
begin
  execute format('grant usage on schema %I to ordinaut_app, ordinaut_caller', schema);

  foreach name in array array[
    'agent', 'task', 'task_version', 'proposal', 'task_tag', 'occurrence', 'queue', 'run_input', 'run', 'attempt', 'step',
    'wait', 'approval', 'event', 'idempotency', 'dedupe', 'calendar', 'secret', 'refresh_token', 'oauth_client',
    'authorization_code', 'account', 'web_session', 'signing_key', 'daily_use', 'node', 'outbox', 'webhook',
    'webhook_topic', 'delivery', 'hook', 'signing_secret', 'tool_source', 'tool_pin', 'tool_revision', 'cluster'] loop
    execute format('grant select, insert, update, delete on %I to ordinaut_app', name);
  end loop;
  grant select, insert on audit, audit_block to ordinaut_app;
  grant select on migration, migration_need to ordinaut_app;

  for name, condition in values
    ('task', 'owner_id = ' || mine),
    ('proposal', 'owner_id = ' || mine),
    ('task_tag', 'owner_id = ' || mine),
    ('queue', 'owner_id = ' || mine),
    ('run', 'owner_id = ' || mine),
    ('approval', 'owner_id = ' || mine),
    ('event', 'owner_id = ' || mine),
    ('calendar', 'owner_id = ' || mine),
    ('secret', 'owner_id = ' || mine),
    ('webhook', 'owner_id = ' || mine),
    ('hook', 'owner_id = ' || mine),
    ('delivery', 'owner_id = ' || mine),
    ('wait', 'owner_id = ' || mine),
    ('agent', format('id = %1$s or created_by = %1$s', mine)),
    ('oauth_client', 'created_by = ' || mine),
    ('audit', format('actor_id = %1$s or owner_id = %1$s', mine)),
    ('task_version', format(of_task, 'task_version')),
    ('occurrence', format(of_task, 'occurrence')),
    ('run_input', format(of_run, 'run_input')),
    ('attempt', format(of_run, 'attempt')),
    ('step', format(of_run, 'step'))
  loop
    execute format('grant select on %I to ordinaut_caller', name);
    execute format('alter table %I enable row level security', name);
    execute format('drop policy if exists work on %I', name);
    execute format('create policy work on %I to ordinaut_app using (true) with check (true)', name);
    execute format('drop policy if exists own on %I', name);
    execute format('create policy own on %I for select to ordinaut_caller using (%s)', name, condition);
  end loop;
end $$;
