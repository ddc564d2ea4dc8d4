using System.CommandLine;
using Ordinaut.Hosting;

namespace Ordinaut.Cli;

/// <summary><c>ordinaut doctor</c>: what is not well with a deployment, and what to do about it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var flags = new ServerFlags();
        var command = new Command("doctor", "Hold this deployment against the checklist, and say what to do");
        flags.AddTo(command);
        command.Options.Add(SignedIn.Url);
        command.SetAction(
            async (parsed, ct) =>
            {
                try
                {
                    var check = OptionsCheck.Load(flags.Read(parsed));
                    return Show(await new Doctor(check, SignedIn.Server(parsed), TimeProvider.System).Look(ct));
                }
                catch (Problem problem)
                {
                    Output.Complain(problem.Message);
                    return Output.Misuse;
                }
            }
        );
        return command;
    }

    private static int Show(IReadOnlyList<Diagnosis> found)
    {
        foreach (var one in found)
        {
            Output.Line($"{Word(one.Verdict)} {one.Of}: {one.Detail}");
        }

        return found.Any(one => one.Verdict == Verdict.Fail) ? Output.Failure : Output.Success;
    }

    private static string Word(Verdict verdict) =>
        verdict switch
        {
            Verdict.Ok => "ok  ",
            Verdict.Warn => "warn",
            _ => "FAIL",
        };
}
