using Tacit.Learning.Runs;

namespace Tacit.Cli.Tests.Hosting;

/// <summary>Runs as they are whose process was killed just before their end.</summary>
internal static class Unfinished
{
    /// <summary>Takes a finished run's end back.</summary>
    public static void Make(string run)
    {
        File.Delete(Path.Combine(run, RunFolder.ReportName));
        File.Delete(Path.Combine(run, RunFolder.ResultName));
    }
}
