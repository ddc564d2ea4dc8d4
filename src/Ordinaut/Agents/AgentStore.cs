using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>SQL of table <c>agent</c>.</summary>
internal static class AgentStore
{
    private const string SelectAny = "select 1 from agent limit 1";

    private const string Columns = """
        id, name, scopes, status, secret_hash, webhook_url, token_epoch, created_by, created_at, updated_at, weight,
        limits
        """;

    private const string SelectOne = $"""
        select {Columns}
        from agent where id = @id and status <> 'erased'
        """;

    private const string SelectName = "select id from agent where name = @name";

    private const string SelectPage = $"""
        select {Columns}
        from agent
        where (@all or id = @viewer or created_by = @viewer) and status <> 'erased' and id > @after
        order by id limit @limit
        """;

    private const string SelectAnyAdmin = """
        select exists (
          select 1 from agent
          where id <> @except and status = 'active' and secret_hash is not null
            and ' ' || scopes || ' ' like '% admin %')
        """;

    private const string InsertOne = """
        insert into agent
          (id, name, scopes, status, secret_hash, webhook_url, token_epoch, weight, limits, created_by, created_at,
           updated_at)
        values (
          @id, @name, @scopes, @status, @secret_hash, @webhook_url, 0, @weight, @limits, @created_by, @now, @now)
        """;

    private const string UpdateOne = """
        update agent set name = @name, scopes = @scopes, status = @status, webhook_url = @webhook_url,
          weight = @weight, limits = @limits, updated_at = @now
        where id = @id
        """;

    private const string UpdateSecret = """
        update agent set secret_hash = @secret_hash, token_epoch = token_epoch + 1, updated_at = @now where id = @id
        """;

    private const string UpdateEpoch = """
        update agent set token_epoch = token_epoch + 1, updated_at = @now where id = @id
        """;

    public static async ValueTask<bool> Any(Session session) => await session.First(SelectAny, row => row.Long(0)) == 1;

    public static ValueTask<Agent?> Get(Session session, Guid id) => session.First(SelectOne, Read, ("id", id));

    public static async ValueTask<Guid?> IdOf(Session session, string name) =>
        await session.First(SelectName, row => row.IdOrNull(0), ("name", name));

    /// <summary>Agents the viewer created, and itself; every one when <paramref name="all"/>.</summary>
    public static ValueTask<List<Agent>> Page(Session session, Guid viewer, bool all, Guid after, int limit) =>
        session.Query(SelectPage, Read, ("all", all), ("viewer", viewer), ("after", after), ("limit", limit));

    public static ValueTask<bool> AnyAdminBut(Session session, Guid except) =>
        session.First(SelectAnyAdmin, row => row.Bool(0), ("except", except));

    public static async ValueTask Insert(Session session, Agent agent) =>
        await session.Execute(
            InsertOne,
            ("id", agent.Id),
            ("name", agent.Name),
            ("scopes", agent.Scopes.Text()),
            ("status", agent.Status),
            ("secret_hash", agent.SecretHash),
            ("webhook_url", agent.WebhookUrl),
            ("weight", agent.Weight),
            ("limits", Json.Write(agent.Limits)),
            ("created_by", agent.CreatedBy)
        );

    public static async ValueTask Update(Session session, Agent agent) =>
        await session.Execute(
            UpdateOne,
            ("name", agent.Name),
            ("scopes", agent.Scopes.Text()),
            ("status", agent.Status),
            ("webhook_url", agent.WebhookUrl),
            ("weight", agent.Weight),
            ("limits", Json.Write(agent.Limits)),
            ("id", agent.Id)
        );

    /// <summary>Replaces the secret and ends every token: whoever rotates a secret may have lost it.</summary>
    public static async ValueTask SetSecret(Session session, Guid id, byte[] hash) =>
        await session.Execute(UpdateSecret, ("secret_hash", hash), ("id", id));

    public static async ValueTask EndTokens(Session session, Guid id) => await session.Execute(UpdateEpoch, ("id", id));

    private static Agent Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            Name = row.Text(1),
            Scopes = Scopes.Parse(row.Text(2)),
            Status = row.Text(3),
            SecretHash = row.BytesOrNull(4),
            WebhookUrl = row.TextOrNull(5),
            TokenEpoch = row.Long(6),
            CreatedBy = row.IdOrNull(7),
            CreatedAt = row.Instant(8),
            UpdatedAt = row.Instant(9),
            Weight = row.Int(10),
            Limits = Json.Read<AgentLimits>(row.Text(11)),
        };
}
