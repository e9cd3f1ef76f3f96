using System.CommandLine;
using Tacit.Cli.Hosting;

namespace Tacit.Cli.Options;

/// <summary>The options --report FILE.html and --force, which write an HTML page in addition to the console output.</summary>
internal sealed class ReportOption
{
    private readonly Option<string?> _report = new("--report")
    {
        Description = "Also write an HTML page with the results of each class and the confusions.",
        HelpName = "FILE.html",
    };
    private readonly Option<bool> _force = new("--force") { Description = "Overwrite the page." };

    /// <summary>Adds the options to a command.</summary>
    public ReportOption(Command command)
    {
        command.Add(_report);
        command.Add(_force);
    }

    /// <summary>Returns the path of the page after checking that it can be written; null if no page is requested.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <exception cref="UsageException">The file exists, and --force is not given.</exception>
    /// <exception cref="Graphs.InvalidFileException">The folder cannot be written.</exception>
    public string? Resolve(ParseResult parsed)
    {
        if (parsed.GetValue(_report) is not { } path)
        {
            return null;
        }

        Files.CheckOutput(path, parsed.GetValue(_force));
        return path;
    }
}
