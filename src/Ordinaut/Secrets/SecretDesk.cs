using Ordinaut.Store;
using Ordinaut.Tools;
using Ordinaut.ToolSources;

namespace Ordinaut.Secrets;

/// <summary>
/// Puts the values of secrets into the input of a call, at the last moment: the owner's own, for the tool and the host
/// that they were stored for. From then on the redactor knows them.
/// </summary>
internal sealed class SecretDesk(Db db, KeyRing keys, Redactor redactor)
{
    /// <summary>How exact <c>last_used_at</c> is, so that a busy secret costs few writes; 1 min.</summary>
    public static readonly TimeSpan UseInterval = TimeSpan.FromMinutes(1);

    /// <summary>The call with its secrets in place, or why it cannot be made.</summary>
    public async ValueTask<(ToolCall Call, ToolResult.Failed? Refusal)> Fill(ToolDescription tool, ToolCall call)
    {
        if (call.Secrets is not { } wanted)
        {
            return (call, null);
        }

        if (tool.HostOf is not { } hostOf)
        {
            return (call, Refused($"'{tool.Name}' takes no secrets."));
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var rows = new List<SecretRow>();
        var all = await db.Read(session => SecretStore.Of(session, call.OwnerId));
        foreach (var name in wanted.Names)
        {
            var row = all.Find(secret => secret.Name == name);
            if (row is null || !row.IsForTool(tool.Name))
            {
                return (call, row is null ? Missing(name) : Refused(SecretCheck.NotForTool(row, tool.Name)));
            }

            if (keys.Open(row) is not { } value)
            {
                return (call, Refused($"The secret '{name}' does not open; store it again."));
            }

            values[name] = value;
            rows.Add(row);
            redactor.Learn(call.OwnerId, name, value);
        }

        var filled = call with { Input = wanted.Fill(values) };
        var host = hostOf(filled.Input);
        if (rows.Find(row => !row.IsForHost(host)) is { } elsewhere)
        {
            return (call, Refused($"The secret '{elsewhere.Name}' is not for this host but for {Hosts(elsewhere)}."));
        }

        await Note(rows);
        return (filled, null);
    }

    /// <summary>One that a tool was registered with; null when its owner has none for this tool and host.</summary>
    public async ValueTask<string?> Read(SecretHolder holder, string name)
    {
        var row = holder.OwnerId is { } id ? await db.Read(session => SecretStore.Find(session, id, name)) : null;
        if (row?.IsForTool(holder.Tool) != true || !row.IsForHost(holder.Host))
        {
            return null;
        }

        await Note([row]);
        return keys.Open(row);
    }

    private async ValueTask Note(List<SecretRow> rows)
    {
        var due = rows.FindAll(row => !(row.LastUsedAt > db.Now() - UseInterval));
        if (due.Count > 0)
        {
            await db.Write(async session =>
            {
                foreach (var row in due)
                {
                    await SecretStore.Use(session, row);
                }
            });
        }
    }

    private static string Hosts(SecretRow secret) => string.Join(", ", secret.Hosts);

    private static ToolResult.Failed Missing(string name) =>
        new(
            "secret_missing",
            $"The task's owner has no secret '{name}' any more; PUT /secrets/{name} stores it.",
            false
        );

    private static ToolResult.Failed Refused(string message) => new("secret_refused", message, Retryable: false);
}
