using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Tacit.Inference.Video;

// Starts programs that do not outlive this process, however it ends.
//
// On Linux the kernel is asked to kill the program when its parent dies (prctl, PR_SET_PDEATHSIG), by way of setpriv: .NET has
// no hook between fork and exec. The kernel means the thread that forked, not the process; a thread of the pool may end
// at any time. So one thread, which lives as long as the process, starts them all. Where setpriv is not installed, a program
// whose parent was killed still ends at its next write, as nobody reads the pipe.
//
// setsid takes the program out of the terminal's group: on Ctrl-C it is for this process to say what stops.
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

    // The process has its three streams redirected; the first is closed.
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

        // What would colour the log, or write it to a file.
        start.Environment["AV_LOG_FORCE_NOCOLOR"] = "1";
        start.Environment.Remove("AV_LOG_FORCE_COLOR");
        start.Environment.Remove("FFREPORT");
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    // BusyBox has a setpriv without the option: it is tried before it is relied on.
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
