-- What the two roles of the program may, said again after each migration (Store/DatabaseRoles.cs). A change of this text
-- comes with a migration: a node of the version before must see that it is older. Their names are in the settings
-- ordinaut.app and ordinaut.caller. The first does the work: it changes no schema, and no line of the audit log. The
-- other reads for one agent, whose id is in the setting ordinaut.owner, and sees no row of another, whatever the
-- statement says.
do $$
declare
  mine constant text := '(select nullif(current_setting(''ordinaut.owner'', true), '''')::uuid)';
  of_task constant text := 'exists (select 1 from task t where t.id = %I.task_id)';
  of_run constant text :=
    'exists (select 1 from queue q where q.run_id = %1$I.run_id) or exists (select 1 from run r where r.id = %1$I.run_id)';
  schema constant text := current_schema();
  app constant text := current_setting('ordinaut.app');
  caller constant text := current_setting('ordinaut.caller');
  name text;
  condition text;
begin
  -- What older texts gave, and what the roles of another name have, in a copy or after a change of the database's name.
  for name in
    select distinct r.rolname from pg_class c, aclexplode(c.relacl) given, pg_roles r
    where c.relnamespace = quote_ident(schema)::regnamespace and r.oid = given.grantee
      and r.rolname ~ '^ordinaut_(app|caller)(_|$)'
  loop
    execute format('revoke all on all tables in schema %I from %I', schema, name);
    execute format('revoke all on schema %I from %I', schema, name);
  end loop;
  execute format('grant usage on schema %I to %I, %I', schema, app, caller);

  foreach name in array array[
    'agent', 'task', 'task_version', 'proposal', 'task_tag', 'occurrence', 'queue', 'run_input', 'run', 'attempt', 'step',
    'wait', 'approval', 'event', 'idempotency', 'dedupe', 'calendar', 'secret', 'refresh_token', 'oauth_client',
    'authorization_code', 'account', 'web_session', 'signing_key', 'daily_use', 'node', 'outbox', 'webhook',
    'webhook_topic', 'delivery', 'monitor', 'alert', 'alert_delivery', 'hook', 'signing_secret', 'tool_source', 'tool_pin',
    'tool_revision', 'cluster', 'log_level'] loop
    execute format('grant select, insert, update, delete on %I to %I', name, app);
  end loop;
  execute format('grant select, insert on audit, audit_block to %I', app);
  execute format('grant select on migration, migration_need to %I', app);

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
    ('monitor', 'owner_id = ' || mine),
    ('alert', 'owner_id = ' || mine),
    ('alert_delivery', 'owner_id = ' || mine),
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
    execute format('grant select on %I to %I', name, caller);
    execute format('alter table %I enable row level security', name);
    execute format('drop policy if exists work on %I', name);
    execute format('create policy work on %I to %I using (true) with check (true)', name, app);
    execute format('drop policy if exists own on %I', name);
    execute format('create policy own on %I for select to %I using (%s)', name, caller, condition);
  end loop;
end $$;
