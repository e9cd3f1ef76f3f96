using System.CommandLine;
using Tacit.Cli.Hosting;

namespace Tacit.Cli.Options;

/// <summary>--report FILE.html and --force: a page beside what is printed.</summary>
internal sealed class ReportOption
{
    private readonly Option<string?> _report = new("--report")
    {
        Description = "Also write an HTML page with the results of each class and the confusions.",
        HelpName = "FILE.html",
    };
    private readonly Option<bool> _force = new("--force") { Description = "Overwrite the page." };

    public ReportOption(Command command)
    {
        command.Add(_report);
        command.Add(_force);
    }

    /// <summary>The page's path, once it is known that it can be written; null where none is wanted.</summary>
    /// <exception cref="UsageException">There is something already.</exception>
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
