namespace Ordinaut.Hosting;

/// <summary>What a process does. One process can do all of it.</summary>
[Flags]
internal enum Role
{
    None = 0,

    /// <summary>Answers HTTP.</summary>
    Api = 1 << 0,

    /// <summary>Turns due tasks into runs.</summary>
    Scheduler = 1 << 1,

    /// <summary>Takes runs and carries them out.</summary>
    Worker = 1 << 2,

    All = Api | Scheduler | Worker,
}

/// <summary>Roles as text: <c>all</c>, or names joined by commas.</summary>
internal static class Roles
{
    public static Role? Parse(string text)
    {
        var roles = Role.None;
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var role = One(name);
            if (role == Role.None)
            {
                return null;
            }

            roles |= role;
        }

        return roles;
    }

    public static string Text(this Role role) => role == Role.All ? "all" : role.ToString().ToLowerInvariant();

    /// <summary>Each role by its name.</summary>
    public static string Names(this Role role) =>
        string.Join(',', new[] { Role.Api, Role.Scheduler, Role.Worker }.Where(one => role.HasFlag(one)).Select(Text));

    private static Role One(string name) =>
        name switch
        {
            "api" => Role.Api,
            "scheduler" => Role.Scheduler,
            "worker" => Role.Worker,
            "all" => Role.All,
            _ => Role.None,
        };
}
