using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tacit.Learning.Execution;
using TorchSharp;

namespace Tacit.Cli.Hosting;

/// <summary>libtorch as a package in NuGet's packages folder; fetched there on first use.</summary>
/// <remarks>
/// A build has libtorch beside the program. The installed tool has not, for its size (480 MB): it takes it from here.
/// </remarks>
/// <param name="Folder">NuGet's packages folder.</param>
/// <param name="Dotnet">The .NET host, whose SDK fetches packages.</param>
internal sealed record LibTorchPackage(string Folder, string Dotnet)
{
    private const string Id = "libtorch-cpu-linux-x64";

    private static readonly string Version = typeof(LibTorchPackage)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "LibTorchVersion")
        .Value!;

    /// <summary>The package of this user, fetched by the host that runs this program.</summary>
    public static LibTorchPackage OfThisUser() =>
        new(
            Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
                ? folder
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"))
        );

    private string Home => Path.Combine(Folder, Id, Version);

    // NuGet writes this file last.
    private bool IsComplete => File.Exists(Path.Combine(Home, ".nupkg.metadata"));

    /// <summary>Loads libtorch into the process, unless one lies beside the program or on LD_LIBRARY_PATH.</summary>
    /// <remarks>One that the system has elsewhere, such as Debian's of an older version, is not meant for this program.</remarks>
    /// <param name="log">Is told of a download.</param>
    /// <exception cref="UsageException">It is not there and could not be fetched.</exception>
    public void Load(TextWriter log)
    {
        // Tacit.Learning sets what libtorch reads from the environment, which has to be there before libtorch is.
        RuntimeHelpers.RunModuleConstructor(typeof(GraphModule).Module.ModuleHandle);
        var packaged = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;
        if (packaged && !IsProvided())
        {
            NativeLibrary.Load(Fetch(log));
        }
    }

    /// <summary>The path of libtorch.so, fetched if the package is not there.</summary>
    /// <inheritdoc cref="Load" />
    public string Fetch(TextWriter log)
    {
        if (!IsComplete)
        {
            log.WriteLine($"tacit: fetching libtorch {Version} (128 MB, once)…");
            Download();
        }

        return Path.Combine(Home, "runtimes", "linux-x64", "native", "libtorch.so");
    }

    private static bool IsProvided() =>
        new[] { AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string, Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") }
            .SelectMany(folders => (folders ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            .Any(folder => File.Exists(Path.Combine(folder, "libtorch_cpu.so")));

    private void Download()
    {
        string[] command = ["package", "download", $"{Id}@{Version}", "--output", Folder];
        var error = Run(command);
        if (!IsComplete)
        {
            throw new UsageException(
                $"libtorch {Version} is not on this machine and could not be fetched ({error}); make sure that this command succeeds: dotnet {string.Join(' ', command)}"
            );
        }
    }

    // What the command said last, or why there was none.
    private string Run(string[] command)
    {
        try
        {
            var start = new ProcessStartInfo(Dotnet, command)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            var lines = $"{output}\n{error.Result}".Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return lines.FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))
                ?? lines.LastOrDefault()
                ?? $"exit code {process.ExitCode}";
        }
        catch (Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
