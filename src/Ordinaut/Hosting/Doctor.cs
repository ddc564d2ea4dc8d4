using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Sdk;

namespace Ordinaut.Hosting;

/// <summary>How grave a finding is.</summary>
internal enum Verdict
{
    Ok,

    /// <summary>It works, and less holds than should.</summary>
    Warn,

    /// <summary>It does not work, or will not when it matters.</summary>
    Fail,
}

/// <summary>What was looked at, and where it is not well, the way out.</summary>
internal sealed record Diagnosis(Verdict Verdict, string Of, string Detail);

/// <summary>
/// Holds a deployment against <c>docs/operations/DEPLOYMENT_CHECKLIST.md</c>: the settings as they are here, the data
/// folder, and the server as it runs. It changes nothing.
/// </summary>
/// <param name="check">The settings of the server.</param>
/// <param name="server">Where it listens.</param>
internal sealed class Doctor(OptionsCheck check, Uri server, TimeProvider clock)
{
    /// <summary>Tokens are judged by clocks; they forgive half a minute.</summary>
    public static readonly TimeSpan MaxSkew = TimeSpan.FromSeconds(2);

    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    private readonly List<Diagnosis> _found = [];

    private OrdinautOptions Options => check.Options;

    public async Task<IReadOnlyList<Diagnosis>> Look(CancellationToken ct)
    {
        LookAtSettings();
        LookAtFolder();
        LookAtBackups();
        await LookAtServer(ct);
        await LookAtNodes(ct);
        return _found;
    }

    private void LookAtSettings()
    {
        foreach (var error in check.Errors)
        {
            Say(Verdict.Fail, "settings", error);
        }

        foreach (var warning in check.Warnings)
        {
            Say(Verdict.Warn, "settings", warning);
        }

        if (check.Errors.Count + check.Warnings.Count == 0)
        {
            Say(Verdict.Ok, "settings", "Each is readable, and they go together.");
        }

        if (Environment.IsPrivilegedProcess)
        {
            Say(Verdict.Warn, "account", "This is root; let the server run under an account of its own.");
        }
    }

    private void LookAtFolder()
    {
        if (!Directory.Exists(Options.Data))
        {
            Say(
                Verdict.Warn,
                "data",
                $"There is no '{Options.Data}' yet; the first start makes it, or data names another."
            );
            return;
        }

        var isOpen = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(Options.Data) & Others) != 0;
        Say(
            isOpen ? Verdict.Fail : Verdict.Ok,
            "data",
            isOpen
                ? $"Others may look into '{Options.Data}', where keys are: chmod 0700 it."
                : $"'{Options.Data}' is its owner's alone."
        );
        if (File.Exists(Path.Combine(Options.Data, FirstStart.FileName)))
        {
            Say(
                Verdict.Warn,
                "admin",
                $"{FirstStart.FileName} has the admin's secret; keep it where passwords are, and remove it from there."
            );
        }
    }

    private void LookAtBackups()
    {
        if (Options.BackupFolder.Length == 0)
        {
            Say(
                Verdict.Warn,
                "backup",
                "Nothing is backed up; set backup_folder and backup_key_file (docs/backup.md)."
            );
        }
    }

    private async Task LookAtServer(CancellationToken ct)
    {
        try
        {
            var health = await OrdinautClient.Health(server, ct);
            foreach (var (name, one) in health.Checks)
            {
                Say(VerdictOf(one.Status), name, one.Detail ?? one.Status);
            }

            if (health.Version != Health.Version)
            {
                Say(Verdict.Warn, "version", $"The server is {health.Version}, and this program {Health.Version}.");
            }

            var skew = (health.Timestamp - clock.GetUtcNow()).Duration();
            if (skew > MaxSkew)
            {
                Say(
                    Verdict.Warn,
                    "clock",
                    $"The server's clock and this one's are {skew.TotalSeconds:0} s apart; keep both by NTP."
                );
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException)
        {
            Say(
                Verdict.Fail,
                "server",
                $"{server} does not answer ({failure.Message}); start it, or name it by --url."
            );
        }
    }

    private async Task LookAtNodes(CancellationToken ct)
    {
        try
        {
            var credentials = await ClientIdentity.Find(Options.Data, ct);
            using var client = await OrdinautClient.SignIn(server, credentials, ct);
            var nodes = (await client.ListWorkers(ct)).Items.Where(node => node.State == "active").ToList();
            var there = nodes.SelectMany(node => node.Roles ?? []).ToHashSet();
            var missing = Role.All.Names().Split(',').Where(role => !there.Contains(role)).ToList();
            Say(
                missing.Count == 0 ? Verdict.Ok : Verdict.Fail,
                "nodes",
                missing.Count == 0
                    ? $"{nodes.Count} live, with every role."
                    : $"No live node has the role {string.Join(" or ", missing)}; start one with --role."
            );
            var versions = nodes.Select(node => node.Version).Distinct().ToList();
            if (versions.Count > 1)
            {
                Say(Verdict.Warn, "nodes", $"They are of several versions: {string.Join(", ", versions)}.");
            }
        }
        catch (Exception failure) when (failure is Problem or OrdinautException or IOException or HttpRequestException)
        {
            Say(Verdict.Warn, "nodes", $"They were not looked at. {failure.Message}");
        }
    }

    private void Say(Verdict verdict, string of, string detail) => _found.Add(new Diagnosis(verdict, of, detail));

    private static Verdict VerdictOf(string status) =>
        status switch
        {
            HealthProbe.Ok => Verdict.Ok,
            HealthProbe.Degraded => Verdict.Warn,
            _ => Verdict.Fail,
        };
}
