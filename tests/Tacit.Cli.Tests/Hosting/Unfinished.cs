using Tacit.Learning.Runs;

namespace Tacit.Cli.Tests.Hosting;

/// <summary>Creates runs in the state that they have if the process is killed just before their end.</summary>
internal static class Unfinished
{
    /// <summary>Removes the results of a finished run.</summary>
    public static void Make(string run)
    {
        File.Delete(Path.Combine(run, RunFolder.ReportName));
        File.Delete(Path.Combine(run, RunFolder.ResultName));
    }
}
