using Ordinaut.Agents;
using Ordinaut.Secrets;

namespace Ordinaut.Mcp;

/// <summary>Secrets by their names. A value is stored over HTTP, where no model reads it.</summary>
internal sealed class SecretTools(SecretOperations secrets)
{
    public IEnumerable<McpTool> All()
    {
        yield return new McpTool(
            "list_secrets",
            "listSecrets",
            "List secrets",
            "Names, tools and hosts of your secrets, never a value. A step uses one as ${secrets.name} in 'with' of a "
                + "tool such as http.request. To store one, people use PUT /secrets/{name} or 'ordinaut secrets set'."
        )
            .Needs(Scope.ToolsUse, Hints.ReadOnly)
            .Does(call => secrets.List(call.Caller));
        yield return new McpTool(
            "delete_secret",
            "deleteSecret",
            "Delete a secret",
            "Steps that name it fail from then on."
        )
            .Needs(Scope.ToolsUse, Hints.Destructive | Hints.Idempotent)
            .DoesQuietly(call => secrets.Delete(call.Caller, call.Text("name")));
    }
}
