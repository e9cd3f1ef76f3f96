namespace Tacit.Inference.Video.Decoding;

/// <summary>Locates programs on disk.</summary>
internal static class ProgramFile
{
    /// <summary>Finds ffmpeg or ffprobe with the environment variables of this process.</summary>
    /// <param name="options">The location, if one is given.</param>
    /// <param name="name">"ffmpeg" or "ffprobe".</param>
    /// <returns>The full path of the program.</returns>
    /// <exception cref="FileNotFoundException">The program does not exist or is not executable.</exception>
    public static string Find(FfmpegOptions options, string name) => Find(options, name, Environment.GetEnvironmentVariable);

    /// <summary>
    /// Finds ffmpeg or ffprobe: in <see cref="FfmpegOptions.Location"/>, else in <c>TACIT_FFMPEG</c>, else in <c>PATH</c>.
    /// </summary>
    /// <param name="options">The location, if one is given.</param>
    /// <param name="name">"ffmpeg" or "ffprobe".</param>
    /// <param name="environment">Returns the value of an environment variable, or null.</param>
    /// <returns>The full path of the program.</returns>
    /// <exception cref="FileNotFoundException">The program does not exist or is not executable.</exception>
    public static string Find(FfmpegOptions options, string name, Func<string, string?> environment)
    {
        var location = options.Location ?? environment("TACIT_FFMPEG");
        if (string.IsNullOrEmpty(location))
        {
            return In(environment("PATH"), name)
                ?? throw new FileNotFoundException(
                    $"{name} was not found: install it (Debian, Ubuntu: apt-get install ffmpeg), or set TACIT_FFMPEG to the folder that contains it",
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
                $"{name} was not found: {(options.Location is null ? "TACIT_FFMPEG" : nameof(FfmpegOptions.Location))} points to {path}, which is not a program",
                path
            );
    }

    /// <summary>Finds a program in the folders of <c>PATH</c>. Returns null if none contains it.</summary>
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
