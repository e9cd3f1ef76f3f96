using System.Runtime.Versioning;
using Tacit.Cli.Hosting;

namespace Tacit.Cli.Tests.Hosting;

/// <summary>A shell script replaces the .NET host. It records its arguments and, on request, writes the package.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LibTorchPackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("libtorch-").FullName;
    private readonly StringWriter _log = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Fetches_the_package_once()
    {
        var package = Package(
            """
            echo "$@" >> "$(dirname "$0")/calls"
            id=${3%@*} version=${3#*@}
            mkdir -p "$5/$id/$version" && touch "$5/$id/$version/.nupkg.metadata"
            """
        );

        var library = package.Fetch(_log);
        var again = package.Fetch(_log);

        var version = new DirectoryInfo(Path.Combine(package.Folder, "libtorch-cpu-linux-x64")).EnumerateDirectories().Single().Name;
        Assert.Equal(Path.Combine(package.Folder, "libtorch-cpu-linux-x64", version, "runtimes/linux-x64/native/libtorch.so"), library);
        Assert.Equal(library, again);
        Assert.Equal(
            [$"package download libtorch-cpu-linux-x64@{version} --output {package.Folder}"],
            File.ReadAllLines(Path.Combine(_folder, "calls"))
        );
        Assert.Equal($"tacit: fetching libtorch {version} (128 MB, once)…{Environment.NewLine}", _log.ToString());
    }

    [Fact]
    public void Says_why_it_could_not_be_fetched()
    {
        var package = Package("echo starting; echo 'error: no such source' >&2; exit 1");

        var failure = Assert.Throws<UsageException>(() => package.Fetch(_log));

        Assert.Matches(
            $"^libtorch [0-9.]+ is not on this machine and could not be fetched \\(error: no such source\\); make sure that this command succeeds: dotnet package download libtorch-cpu-linux-x64@[0-9.]+ --output {package.Folder}$",
            failure.Message
        );
    }

    [Fact]
    public void Says_that_there_is_no_host()
    {
        var package = new LibTorchPackage(Path.Combine(_folder, "packages"), Path.Combine(_folder, "dotnet"));

        var failure = Assert.Throws<UsageException>(() => package.Fetch(_log));

        Assert.Contains("No such file or directory", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Needs_no_package_beside_a_build()
    {
        new LibTorchPackage(_folder, Path.Combine(_folder, "dotnet")).Load(_log);

        Assert.Empty(_log.ToString());
    }

    private LibTorchPackage Package(string script)
    {
        var host = Path.Combine(_folder, "dotnet");
        File.WriteAllText(host, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(host, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new LibTorchPackage(Path.Combine(_folder, "packages"), host);
    }
}
