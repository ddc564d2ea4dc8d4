using System.CommandLine;
using Ordinaut.Hosting;

namespace Ordinaut.Cli;

/// <summary>
/// <c>ordinaut config check</c>: the settings as the server would see them, and all that is wrong with them.
/// </summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var flags = new ServerFlags();
        var check = new Command("check", "Show every setting and explain what is wrong");
        flags.AddTo(check);
        check.SetAction(parsed => Show(OptionsCheck.Load(flags.Read(parsed)).WithFiles()));
        return new Command("config", "Look at the configuration") { check };
    }

    private static int Show(OptionsCheck check)
    {
        foreach (var setting in Settings.All)
        {
            Output.Line($"{setting.Name, -22} {setting.Show(check.Options), -28} {setting.Variable}: {setting.Wanted}");
        }

        foreach (var (name, meaning) in OriginalVariables.All)
        {
            Output.Line($"{name, -22} {"", -28} of the original: {meaning}");
        }

        foreach (var (name, setting) in OtlpSettings.Standard)
        {
            Output.Line($"{name, -22} {"", -28} of OpenTelemetry: the same as {setting}, which wins");
        }

        foreach (var finding in check.Warnings.Concat(check.Errors))
        {
            Output.Complain(finding);
        }

        return check.Errors.Count == 0 ? Output.Success : Output.Misuse;
    }
}
