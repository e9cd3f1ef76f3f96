using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Decoding;

public sealed class ProgramFileTests
{
    [Fact]
    public void A_program_that_is_not_installed_is_told_with_what_to_do()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<FileNotFoundException>(() => Find("ffprobe", ("PATH", $"{folder.Path}:/nowhere")));

        Assert.Equal(
            "ffprobe was not found: install it (Debian, Ubuntu: apt-get install ffmpeg), or set TACIT_FFMPEG to the folder that contains it",
            error.Message
        );
    }

    [Fact]
    public void The_first_program_of_the_path_is_taken()
    {
        using var folder = new TemporaryFolder();
        var second = Program(folder, "b/ffmpeg");
        Program(folder, "c/ffmpeg");
        folder.Write("a/ffmpeg", [1]); // not executable

        Assert.Equal(second, Find("ffmpeg", ("PATH", string.Join(':', folder.File("a"), folder.File("b"), folder.File("c")))));
    }

    [Theory]
    [InlineData("programs", "ffprobe", "programs/ffprobe")]
    [InlineData("programs", "ffmpeg", "programs/ffmpeg")]
    [InlineData("programs/ffmpeg-7", "ffmpeg", "programs/ffmpeg-7")]
    [InlineData("programs/ffmpeg-7", "ffprobe", "programs/ffprobe")]
    public void The_variable_names_the_folder_or_the_program(string location, string name, string expected)
    {
        using var folder = new TemporaryFolder();
        foreach (var program in (string[])["ffmpeg", "ffprobe", "ffmpeg-7"])
        {
            Program(folder, "programs/" + program);
        }

        Assert.Equal(folder.File(expected), Find(name, ("TACIT_FFMPEG", folder.File(location)), ("PATH", "/nowhere")));
    }

    [Fact]
    public void A_variable_that_is_wrong_is_told()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<FileNotFoundException>(() => Find("ffmpeg", ("TACIT_FFMPEG", folder.Path)));

        Assert.Equal($"ffmpeg was not found: TACIT_FFMPEG points to {folder.File("ffmpeg")}, which is not a program", error.Message);
    }

    private static string Find(string name, params (string Name, string Value)[] environment) =>
        ProgramFile.Find(new FfmpegOptions(), name, asked => environment.FirstOrDefault(variable => variable.Name == asked).Value);

    private static string Program(TemporaryFolder folder, string name)
    {
        var path = folder.Write(name, [1]);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
