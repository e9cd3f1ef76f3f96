namespace Tacit.Inference.Video;

// Where a program is.
internal static class ProgramFile
{
    // ffmpeg or ffprobe. FileNotFoundException: it is not there.
    public static string Find(FfmpegOptions options, string name) => Find(options, name, Environment.GetEnvironmentVariable);

    public static string Find(FfmpegOptions options, string name, Func<string, string?> environment)
    {
        var location = options.Location ?? environment("TACIT_FFMPEG");
        if (string.IsNullOrEmpty(location))
        {
            return In(environment("PATH"), name)
                ?? throw new FileNotFoundException(
                    $"{name} was not found: install it (Debian, Ubuntu: apt-get install ffmpeg), or set TACIT_FFMPEG to the folder it lies in",
                    name
                );
        }

        var path = Path.GetFullPath(
            Directory.Exists(location) ? Path.Combine(location, FileName(name))
            : name == "ffmpeg" ? location
            : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(location)) ?? "", FileName(name))
        );
        return IsProgram(path)
            ? path
            : throw new FileNotFoundException(
                $"{name} was not found: {path}, where {(options.Location is null ? "TACIT_FFMPEG" : nameof(FfmpegOptions.Location))} says that it is, is not a program",
                path
            );
    }

    // Null: no folder of PATH has it.
    public static string? InPath(string name) => In(Environment.GetEnvironmentVariable("PATH"), name);

    private static string? In(string? folders, string name) =>
        (folders ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.GetFullPath(Path.Combine(folder, FileName(name))))
            .FirstOrDefault(IsProgram);

    private static string FileName(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    private static bool IsProgram(string path) =>
        File.Exists(path)
        && (
            OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute))
                != UnixFileMode.None
        );
}
