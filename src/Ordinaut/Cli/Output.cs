#pragma warning disable RS0030 // The one file that writes to the terminal.

namespace Ordinaut.Cli;

/// <summary>What the program says on the terminal: results on standard output, complaints on standard error.</summary>
internal static class Output
{
    public const int Success = 0;

    /// <summary>The exit code when something failed while working.</summary>
    public const int Failure = 1;

    /// <summary>The exit code when the program was started or configured wrongly.</summary>
    public const int Misuse = 2;

    public static void Line(string text) => Console.Out.WriteLine(text);

    /// <summary>What is being done, while it takes time.</summary>
    public static void Progress(string text) => Console.Error.WriteLine(text);

    /// <summary>The two ends a client that started this program holds.</summary>
    public static (Stream Input, Stream Output) Pipes() => (Console.OpenStandardInput(), Console.OpenStandardOutput());

    /// <summary>Whether somebody at a terminal says yes; null where nobody is to ask.</summary>
    public static bool? Agrees(string question)
    {
        if (Console.IsInputRedirected)
        {
            return null;
        }

        Console.Error.Write($"{question} [y/N] ");
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    public static void Complain(string text) => Console.Error.WriteLine("ordinaut: " + text);
}
