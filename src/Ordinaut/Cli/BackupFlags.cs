using System.CommandLine;
using Ordinaut.Hosting;

namespace Ordinaut.Cli;

/// <summary>The settings that the verbs for backups take as flags, and how those verbs end.</summary>
internal sealed class BackupFlags
{
    private readonly ServerFlags _server = new();
    private readonly Option<string?> _folder = new("--folder") { Description = "Where backups are: backup_folder" };
    private readonly Option<string?> _key = new("--key-file") { Description = "Their keys: backup_key_file" };

    public void AddTo(Command command)
    {
        _server.AddTo(command);
        command.Options.Add(_folder);
        command.Options.Add(_key);
    }

    public async Task<int> Run(ParseResult parsed, Func<OrdinautOptions, Task<int>> act)
    {
        var given = _server.Read(parsed);
        Put(given, "backup_folder", parsed.GetValue(_folder));
        Put(given, "backup_key_file", parsed.GetValue(_key));
        var check = OptionsCheck.Load(given);
        foreach (var finding in check.Errors)
        {
            Output.Complain(finding);
        }

        if (check.Errors.Count > 0)
        {
            return Output.Misuse;
        }

        try
        {
            return await act(check.Options);
        }
        catch (Exception failure) when (failure is Problem or IOException or UnauthorizedAccessException)
        {
            Output.Complain(failure.Message);
            return Output.Failure;
        }
    }

    private static void Put(Dictionary<string, string> given, string setting, string? value)
    {
        if (value is not null)
        {
            given[setting] = value;
        }
    }
}
