using System.Text.Json.Nodes;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// All that is an agent's own, as JSON objects, one a line: <c>type</c> says what it is. Values of secrets are not in
/// it, for nobody reads them.
/// </summary>
internal sealed class AgentExport(Db db)
{
    /// <summary>Tasks, runs or events that are read at once; a run may keep 10 MiB of its steps.</summary>
    public const int BatchSize = 20;

    /// <summary>
    /// Any agent may have its own, as far as the scopes go that it asks with; of others their managers have all.
    /// </summary>
    /// <exception cref="Problem">There is no such agent that the caller may see.</exception>
    public async Task<IAsyncEnumerable<string>> Export(Caller caller, Guid id)
    {
        var scopes = caller.Scopes;
        if (id != caller.AgentId)
        {
            scopes = Scope.Admin;
            caller.Require(Scope.AgentsManage);
            await db.Read(session => AgentOperations.Readable(session, caller, id));
        }

        return Lines(id, scopes);
    }

    private async IAsyncEnumerable<string> Lines(Guid id, Scope scopes)
    {
        foreach (var kind in AgentExportStore.Kinds)
        {
            if (!scopes.Cover(kind.Scope))
            {
                yield return LeftOut(kind);
                continue;
            }

            var below = kind.Below.Where(one => scopes.Cover(one.Scope)).ToList();
            await foreach (var line in Lines(kind with { Below = below }, id))
            {
                yield return line;
            }

            foreach (var left in kind.Below.Except(below))
            {
                yield return LeftOut(left);
            }
        }
    }

    /// <summary>Who reads it sees that it is not all there is.</summary>
    private static string LeftOut(ExportKind kind) =>
        new JsonObject
        {
            ["type"] = "left_out",
            ["of"] = kind.Name,
            ["scope"] = kind.Scope.Text(),
        }.ToJsonString(Json.Options);

    private async IAsyncEnumerable<string> Lines(ExportKind kind, Guid id)
    {
        var after = Guid.Empty;
        for (var isFull = true; isFull; )
        {
            var from = after;
            var rows = await db.Read(session => AgentExportStore.Some(session, kind, id, from, BatchSize));
            (isFull, after) = (rows.Count == BatchSize, rows.Count > 0 ? rows[^1].Id : after);
            foreach (var line in rows.Select(row => row.Line).Concat(await Below(kind, rows.ConvertAll(row => row.Id))))
            {
                yield return line;
            }
        }
    }

    private async Task<List<string>> Below(ExportKind kind, List<Guid> ids)
    {
        var lines = new List<string>();
        foreach (var below in ids.Count == 0 ? [] : kind.Below)
        {
            lines.AddRange(await db.Read(session => AgentExportStore.Below(session, below, ids)));
        }

        return lines;
    }

    /// <summary>A row as it is told.</summary>
    internal static string Tell(ExportKind kind, Row row)
    {
        var told = new JsonObject { ["type"] = kind.Name };
        for (var i = 0; i < kind.Columns.Count; i++)
        {
            var (name, type) = kind.Columns[i];
            told[name] = row.IsNull(i) ? null : Value(row, i, type);
        }

        return told.ToJsonString(Json.Options);
    }

    private static JsonNode? Value(Row row, int column, char type) =>
        type switch
        {
            'i' => row.Id(column).ToString(),
            'w' => Instants.Format(row.Instant(column)),
            'n' => row.Long(column),
            'j' => JsonNode.Parse(row.Text(column)),
            _ => row.Text(column),
        };
}
