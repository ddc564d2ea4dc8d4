using Npgsql;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.Imports;

/// <summary>A database as the original system has it: its tables and types, and rows of our own.</summary>
internal sealed class OriginalDatabase
{
    public static readonly Guid Ann = Guid.Parse("11111111-1111-4111-8111-111111111111");

    private const string Schema = """
        create type schedule_kind as enum ('cron', 'rrule', 'once', 'event', 'condition');
        create table agent (
          id uuid primary key default gen_random_uuid(), name text not null unique, scopes text[] not null,
          webhook_url text, created_at timestamptz not null default now());
        create table task (
          id uuid primary key default gen_random_uuid(), title text not null, description text not null,
          created_by uuid not null references agent (id), schedule_kind schedule_kind not null, schedule_expr text,
          timezone text not null default 'Europe/Chisinau', payload jsonb not null,
          status text not null default 'active', priority int not null default 5, dedupe_key text,
          dedupe_window_seconds int not null default 0, max_retries int not null default 3,
          backoff_strategy text not null default 'exponential_jitter', concurrency_key text,
          created_at timestamptz not null default now());
        create table due_work (
          id bigserial primary key, task_id uuid not null references task (id), run_at timestamptz not null);
        """;

    private OriginalDatabase(string address) => Address = address;

    public string Address { get; }

    /// <summary>One with an agent.</summary>
    public static async Task<OriginalDatabase> Make()
    {
        var made = new OriginalDatabase(PostgresServer.NewDatabase());
        await made.Tell(Schema);
        await made.Tell(
            $"insert into agent (id, name, scopes) values ('{Ann}', 'ann', array['notify', 'weather.read'])"
        );
        return made;
    }

    /// <summary>A task that is in order but for what these assignments say.</summary>
    public async Task<Guid> Task(string assignments = "title = title")
    {
        var id = Guid.NewGuid();
        await Tell(
            $$$"""
            insert into task (id, title, description, created_by, schedule_kind, schedule_expr, payload) values (
              '{{{id}}}', 'Morning', 'Says so', '{{{Ann}}}', 'cron', '30 8 * * *',
              '{"pipeline": [{"id": "say", "uses": "debug.echo", "with": {"it": "is morning"}}]}');
            update task set {{{assignments}}} where id = '{{{id}}}'
            """
        );
        return id;
    }

    public async Task Tell(string sql)
    {
        await using var connection = new NpgsqlConnection(Address + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
