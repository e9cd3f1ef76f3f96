using System.Text;

namespace Tacit.Graphs.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");

    private string Target => Path.Combine(_folder.FullName, "file.bin");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Replaces_an_earlier_file()
    {
        File.WriteAllText(Target, "a longer text than the next");

        AtomicFile.Write(Target, stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(Target));
    }

    [Fact]
    public void Keeps_the_earlier_file_and_leaves_nothing_when_writing_fails()
    {
        File.WriteAllText(Target, "old");

        Assert.Throws<IOException>(() =>
            AtomicFile.Write(
                Target,
                stream =>
                {
                    stream.Write(Encoding.UTF8.GetBytes(new string('x', 1 << 20)));
                    throw new IOException("disk full");
                }
            )
        );

        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public async Task Writes_over_time_or_keeps_the_earlier_file()
    {
        await AtomicFile.WriteAsync(Target, async stream => await stream.WriteAsync("first"u8.ToArray()));
        await Assert.ThrowsAsync<IOException>(() =>
            AtomicFile.WriteAsync(
                Target,
                async stream =>
                {
                    await stream.WriteAsync("second"u8.ToArray());
                    throw new IOException("disk full");
                }
            )
        );

        Assert.Equal("first", await File.ReadAllTextAsync(Target));
        Assert.Equal([Target], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public void Fails_where_the_folder_is_missing() =>
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(Path.Combine(_folder.FullName, "absent", "file"), _ => { }));
}
