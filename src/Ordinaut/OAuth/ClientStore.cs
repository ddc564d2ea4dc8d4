using Ordinaut.Store;

namespace Ordinaut.OAuth;

/// <summary>SQL of table <c>oauth_client</c>.</summary>
internal static class ClientStore
{
    private const string Columns = "id, name, redirect_uris, created_by, created_at";

    private const string SelectOne = $"select {Columns} from oauth_client where id = @id";

    private const string SelectPage = $"""
        select {Columns} from oauth_client
        where (@all or created_by = @viewer) and id > @after
        order by id limit @limit
        """;

    private const string InsertOne = """
        insert into oauth_client (id, name, redirect_uris, created_by, created_at)
        values (@id, @name, @redirect_uris, @created_by, @now)
        """;

    private const string DeleteOne = "delete from oauth_client where id = @id";

    public static ValueTask<RegisteredClient?> Get(Session session, Guid id) =>
        session.First(SelectOne, RegisteredClient.Read, ("id", id));

    /// <summary>Clients the viewer registered; every one when <paramref name="all"/>.</summary>
    public static ValueTask<List<RegisteredClient>> Page(
        Session session,
        Guid viewer,
        bool all,
        Guid after,
        int limit
    ) =>
        session.Query(
            SelectPage,
            RegisteredClient.Read,
            ("all", all),
            ("viewer", viewer),
            ("after", after),
            ("limit", limit)
        );

    public static async ValueTask Insert(Session session, RegisteredClient client) =>
        await session.Execute(
            InsertOne,
            ("id", client.Id),
            ("name", client.Name),
            ("redirect_uris", Json.Write(client.RedirectUris)),
            ("created_by", client.CreatedBy)
        );

    public static async ValueTask Delete(Session session, Guid id) => await session.Execute(DeleteOne, ("id", id));
}
