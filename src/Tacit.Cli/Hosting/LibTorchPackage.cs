using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tacit.Learning.Execution;
using TorchSharp;

namespace Tacit.Cli.Hosting;

/// <summary>Provides libtorch as a package in NuGet's packages folder, and downloads it at first use.</summary>
/// <remarks>
/// A build from source has libtorch next to the program. The installed tool does not contain it because of its size (128 MB compressed, 480
/// MB unpacked). The package exists for Linux on x64 only; other platforms need libtorch next to the program.
/// </remarks>
/// <param name="Folder">NuGet's packages folder.</param>
/// <param name="Dotnet">The path of the .NET host, whose SDK downloads the package.</param>
internal sealed record LibTorchPackage(string Folder, string Dotnet)
{
    private const string Id = "libtorch-cpu-linux-x64";

    private static readonly string Version = typeof(LibTorchPackage)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "LibTorchVersion")
        .Value!;

    /// <summary>
    /// Returns the package of the current user: in the folder NUGET_PACKAGES, or by default ~/.nuget/packages, downloaded by the host of
    /// this process.
    /// </summary>
    public static LibTorchPackage OfThisUser() =>
        new(
            Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
                ? folder
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"))
        );

    private string Home => Path.Combine(Folder, Id, Version);

    /// <summary>Whether the package is completely unpacked. NuGet writes this file last.</summary>
    private bool IsComplete => File.Exists(Path.Combine(Home, ".nupkg.metadata"));

    /// <summary>Loads libtorch into the process, unless it is next to the program or on LD_LIBRARY_PATH.</summary>
    /// <remarks>
    /// A libtorch in a system folder, such as an older version of a Linux distribution, is not used. Environment variables that libtorch
    /// reads are set before it is loaded.
    /// </remarks>
    /// <param name="log">Receives a line if the package is downloaded.</param>
    /// <exception cref="UsageException">libtorch is missing and cannot be downloaded.</exception>
    public void Load(TextWriter log)
    {
        // Tacit.Learning sets environment variables that libtorch reads when it is loaded.
        RuntimeHelpers.RunModuleConstructor(typeof(GraphModule).Module.ModuleHandle);
        var packaged = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;
        if (packaged && !IsProvided())
        {
            NativeLibrary.Load(Fetch(log));
        }
    }

    /// <summary>Returns the path of libtorch.so. Downloads the package if it is missing.</summary>
    /// <param name="log">Receives a line if the package is downloaded.</param>
    /// <exception cref="UsageException">The package cannot be downloaded. The message contains the command to try.</exception>
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

    /// <summary>Runs dotnet and returns the line with its error, or the reason why it could not be started.</summary>
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
