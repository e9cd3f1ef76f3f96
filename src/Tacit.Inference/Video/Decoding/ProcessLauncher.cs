using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Tacit.Inference.Video.Decoding;

/// <summary>Starts programs that do not outlive this process, however it ends.</summary>
/// <remarks>
/// <para>
/// On Linux the kernel kills the program when its parent dies (prctl with PR_SET_PDEATHSIG). The program setpriv sets this
/// option, because .NET has no hook between fork and exec. The kernel's "parent" is the thread that forked, and a thread of the
/// pool may end at any time. All programs are therefore started by one thread that lives as long as the process.
/// </para>
/// <para>
/// If setpriv is not installed, the program ends at its next write after the parent was killed, because nobody reads the pipe.
/// </para>
/// <para>setsid detaches the program from the terminal's process group, so that this process decides what a Ctrl-C stops.</para>
/// </remarks>
internal static class ProcessLauncher
{
    private static readonly BlockingCollection<Action> Requests = [];
    private static readonly Lazy<IReadOnlyList<string>> Prefix = new(FindPrefix);
    private static readonly Lazy<Thread> Starter = new(() =>
    {
        var thread = new Thread(Serve) { IsBackground = true, Name = "process launcher" };
        thread.Start();
        return thread;
    });

    /// <summary>Starts a program with its standard streams redirected. Its standard input is closed.</summary>
    /// <param name="program">The full path of the program.</param>
    /// <param name="arguments">The arguments, not quoted.</param>
    /// <returns>The started process, which the caller disposes.</returns>
    public static Task<Process> StartAsync(string program, IReadOnlyList<string> arguments)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Starter.Value;
        Requests.Add(() =>
        {
            try
            {
                started.SetResult(Start([.. Prefix.Value, program, .. arguments]));
            }
            catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }

    private static void Serve()
    {
        foreach (var request in Requests.GetConsumingEnumerable())
        {
            request();
        }
    }

    private static Process Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // These variables would colour the log or write it to a file.
        start.Environment["AV_LOG_FORCE_NOCOLOR"] = "1";
        start.Environment.Remove("AV_LOG_FORCE_COLOR");
        start.Environment.Remove("FFREPORT");
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    // The setpriv of BusyBox lacks the option, so the command is tried once before it is used.
    private static List<string> FindPrefix()
    {
        if (!OperatingSystem.IsLinux() || ProgramFile.InPath("setpriv") is not { } setpriv)
        {
            return [];
        }

        List<string> prefix =
        [
            setpriv,
            "--pdeathsig",
            "KILL",
            .. ProgramFile.InPath("setsid") is { } setsid ? [setsid] : Array.Empty<string>(),
        ];
        using var trial = Start([.. prefix, "true"]);
        trial.WaitForExit();
        return trial.ExitCode == 0 ? prefix : [];
    }
}
