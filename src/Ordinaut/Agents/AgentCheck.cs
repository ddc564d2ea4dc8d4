using Ordinaut.Sdk.Wire;

namespace Ordinaut.Agents;

/// <summary>Whether an agent may be written as asked; all findings at once. Pure.</summary>
internal static class AgentCheck
{
    /// <summary>Characters of a name.</summary>
    public const int MaxName = 100;

    /// <summary>Characters of a webhook address.</summary>
    public const int MaxWebhookUrl = 2_048;

    /// <summary>How many times an agent's share may be another's.</summary>
    public const int MaxWeight = 100;

    public static Scope Check(AgentInput input)
    {
        var errors = new List<FieldError>();
        CheckName(input.Name, errors);
        CheckStatus(input.Status, errors);
        CheckWebhook(input.WebhookUrl, errors);
        CheckWeight(input.Weight, errors);
        LimitsCheck.Check(input, errors);
        var scopes = input.Role is null ? ReadScopes(input.Scopes, errors) : ReadRole(input, errors);
        return errors.Count == 0 ? scopes : throw Problem.Invalid(errors);
    }

    /// <summary>The member that says which scopes.</summary>
    public static string PointerOf(AgentInput input) => input.Role is null ? "/scopes" : "/role";

    private static void CheckName(string? name, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxName)
        {
            errors.Add(new FieldError("/name", $"The name must have 1 to {MaxName} characters."));
        }
        else if (name.Any(char.IsControl) || name.Trim() != name)
        {
            errors.Add(new FieldError("/name", "The name must not have control characters or spaces around it."));
        }
    }

    private static void CheckStatus(string? status, List<FieldError> errors)
    {
        if (status is not (null or Agent.Active or Agent.Disabled))
        {
            errors.Add(new FieldError("/status", $"The status must be '{Agent.Active}' or '{Agent.Disabled}'."));
        }
    }

    private static void CheckWeight(int? weight, List<FieldError> errors)
    {
        if (weight is < 1 or > MaxWeight)
        {
            errors.Add(new FieldError("/weight", $"The weight must be 1 to {MaxWeight}."));
        }
    }

    private static void CheckWebhook(string? address, List<FieldError> errors)
    {
        var fine =
            address is null
            || address.Length <= MaxWebhookUrl
                && !address.Any(char.IsControl)
                && Uri.TryCreate(address, UriKind.Absolute, out var url)
                && url.Scheme is "http" or "https"
                && url.UserInfo.Length == 0;
        if (!fine)
        {
            errors.Add(
                new FieldError(
                    "/webhook_url",
                    $"The address must be an http or https URL without credentials, at most {MaxWebhookUrl} characters."
                )
            );
        }
    }

    private static Scope ReadRole(AgentInput input, List<FieldError> errors)
    {
        if (input.Scopes is not null)
        {
            errors.Add(new FieldError("/role", "A role stands for scopes; give one or the other."));
        }

        if (AgentRole.Named(input.Role!) is { } role)
        {
            return role.Scopes;
        }

        var known = string.Join(", ", AgentRole.All.Select(role => role.Name));
        errors.Add(new FieldError("/role", $"'{Quoted.Short(input.Role!)}' is not a role; the roles are {known}."));
        return Scope.None;
    }

    private static Scope ReadScopes(IReadOnlyList<string>? names, List<FieldError> errors)
    {
        if (names is null)
        {
            errors.Add(new FieldError("/scopes", "Scopes or a role must be given; an empty list grants nothing."));
            return Scope.None;
        }

        if (names.Count > Scopes.Names.Count)
        {
            errors.Add(new FieldError("/scopes", $"There are {Scopes.Names.Count} scopes; name each at most once."));
            return Scope.None;
        }

        var all = Scope.None;
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] is { } name && Scopes.TryParse(name, out var scope))
            {
                all |= scope;
            }
            else
            {
                var known = string.Join(", ", Scopes.Names);
                errors.Add(new FieldError($"/scopes/{i}", $"'{names[i]}' is not a scope; the scopes are {known}."));
            }
        }

        return all;
    }
}
