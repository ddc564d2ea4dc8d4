namespace Ordinaut.Store;

/// <summary>
/// The roles of PostgreSQL under which the program works: the second lock behind its own checks. They are named after
/// the database, because the server that they belong to may have others. They are made at the first start where its
/// login may make roles, else by an operator (docs/security.md); where there are none, the program works under its
/// login, and says so.
/// </summary>
/// <param name="App">Does the work: changes neither the schema nor a line of the audit log.</param>
/// <param name="Caller">Reads for one agent and sees its rows alone.</param>
/// <param name="Path">
/// Where both look for tables: in the program's schema alone. What a login finds first follows the role that it takes
/// on, and a stranger's schema may have that role's name.
/// </param>
internal sealed record DatabaseRoles(string App, string Caller, string Path)
{
    /// <summary>Begins each transaction behind a pooler, where a connection cannot come with its role.</summary>
    public const string Work = "select set_config('search_path', @path, true), set_config('role', @role, true)";

    /// <summary>Begins each reading of a request that may see one agent's rows; for this transaction alone.</summary>
    public const string ReadFor = """
        select set_config('search_path', @path, true), set_config('role', @role, true),
          set_config('ordinaut.owner', @owner, true)
        """;

    private const string ScriptName = "Roles.sql";

    // A name has 63 bytes: where the database's does not fit, its number does. The settings are for the scripts below.
    private const string Name = """
        select set_config('ordinaut.app', 'ordinaut_app_' || d.name, true),
          set_config('ordinaut.caller', 'ordinaut_caller_' || d.name, true), quote_ident(current_schema())
        from (
          select case when octet_length(datname::text) <= 47 then datname::text else oid::text end as name
          from pg_database where datname = current_database()) d
        """;

    // Nodes that start at once are in line here; another database has other roles.
    private const string Make = """
        do $$
        declare
          may_set constant text :=
            case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end;
          name text;
        begin
          foreach name in array array[current_setting('ordinaut.app'), current_setting('ordinaut.caller')] loop
            begin
              if not exists (select 1 from pg_roles where rolname = name) then
                execute format('create role %I nologin', name);
              end if;
              if not pg_has_role(session_user, name, may_set) then
                execute format('grant %I to %I', name, session_user);
              end if;
            exception
              when insufficient_privilege or duplicate_object or unique_violation then null;
            end;
          end loop;
        end $$
        """;

    // From version 16 on, who is a member need not be let take the role on.
    private const string SelectUsable = """
        select count(*) = 2 from pg_roles
        where rolname in (@app, @caller) and pg_has_role(session_user, oid,
          case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end)
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
    /// <param name="isOlder">
    /// Whether a newer program has been here: what it gave them, the script of this one would take away.
    /// </param>
    /// <returns>The roles, and whether the login of this session may take them on.</returns>
    public static async ValueTask<(DatabaseRoles Roles, bool MayBeUsed)> Settle(
        Session session,
        bool hasMigrated,
        bool isOlder
    )
    {
        var roles = (await session.First(Name, row => new DatabaseRoles(row.Text(0), row.Text(1), row.Text(2))))!;
        if (!await roles.MayBeUsed(session))
        {
            await session.Script(Make);
            if (!await roles.MayBeUsed(session))
            {
                return (roles, false);
            }
        }

        // The names are part of it: a database that was renamed, or copied under another name, has roles of its own.
        var script = Migrator.Text(ScriptName);
        var checksum = Sha256.Hex(string.Join('\n', roles.App, roles.Caller, script));
        var applied = await session.First(SelectApplied, row => row.Text(0), ("name", ScriptName));
        if (!isOlder && (hasMigrated || applied != checksum))
        {
            await session.Script(script);
            await session.Execute(
                SaveApplied,
                ("name", ScriptName),
                ("checksum", checksum),
                ("applied_at", session.Now)
            );
        }

        return (roles, true);
    }

    /// <summary>Whether the login of this session may take them on.</summary>
    public ValueTask<bool> MayBeUsed(Session session) =>
        session.First(SelectUsable, row => row.Bool(0), ("app", App), ("caller", Caller));

    /// <summary>Whether the row of <c>migration</c> is the one that <see cref="Settle"/> keeps.</summary>
    public static bool IsScript(string name) => name == ScriptName;
}
