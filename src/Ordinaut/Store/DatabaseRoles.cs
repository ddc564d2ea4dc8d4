namespace Ordinaut.Store;

/// <summary>
/// The roles of PostgreSQL under which the program works: the second lock behind its own checks. They are made at the
/// first start where its login may make roles, else by an operator (docs/security.md); where there are none, the
/// program works under its login, and says so.
/// </summary>
internal static class DatabaseRoles
{
    /// <summary>Does the work: changes neither the schema nor a line of the audit log.</summary>
    public const string App = "ordinaut_app";

    /// <summary>Reads for one agent and sees its rows alone.</summary>
    public const string Caller = "ordinaut_caller";

    /// <summary>Begins each reading of a request that may see one agent's rows; for this transaction alone.</summary>
    public const string ReadFor = $"""
        select set_config('role', '{Caller}', true), set_config('ordinaut.owner', @owner, true)
        """;

    /// <summary>Begins each transaction behind a pooler, where a connection cannot come with its role.</summary>
    public const string Work = $"select set_config('role', '{App}', true)";

    private const string ScriptName = "Roles.sql";

    // Databases of one server share its roles: who comes second to make or grant one finds it there.
    private const string Make = $"""
        do $$
        declare name text;
        begin
          foreach name in array array['{App}', '{Caller}'] loop
            begin
              if to_regrole(name) is null then execute format('create role %I nologin', name); end if;
              if not pg_has_role(session_user, name, 'member') or current_setting('server_version_num')::int >= 160000
                and not (select rolsuper from pg_roles where rolname = session_user) then
                execute format('grant %I to %I', name, session_user);
              end if;
            exception
              when insufficient_privilege or duplicate_object or unique_violation then null;
            end;
          end loop;
        end $$
        """;

    private const string SelectUsable = $"""
        select to_regrole('{App}') is not null and to_regrole('{Caller}') is not null
          and pg_has_role(session_user, '{App}', 'member') and pg_has_role(session_user, '{Caller}', 'member')
        """;

    private const string SelectApplied = "select checksum from migration where name = @name";

    private const string SaveApplied = """
        insert into migration (name, checksum, applied_at) values (@name, @checksum, @applied_at)
        on conflict (name) do update set checksum = excluded.checksum, applied_at = excluded.applied_at
        """;

    /// <summary>
    /// Makes the roles if need and right be, and says what they may. Runs in the transaction of the session, as the
    /// schema's owner, in its turn.
    /// </summary>
    /// <param name="hasMigrated">Whether there may be tables of which nothing is said yet.</param>
    /// <returns>Whether the program can work under them.</returns>
    public static async ValueTask<bool> Settle(Session session, bool hasMigrated)
    {
        if (!await IsUsable(session))
        {
            await session.Script(Make);
            if (!await IsUsable(session))
            {
                return false;
            }
        }

        var script = Migrator.Text(ScriptName);
        var checksum = Sha256.Hex(script);
        if (hasMigrated || await session.First(SelectApplied, row => row.Text(0), ("name", ScriptName)) != checksum)
        {
            await session.Script(script);
            await session.Execute(
                SaveApplied,
                ("name", ScriptName),
                ("checksum", checksum),
                ("applied_at", session.Now)
            );
        }

        return true;
    }

    private static ValueTask<bool> IsUsable(Session session) => session.First(SelectUsable, row => row.Bool(0));
}
