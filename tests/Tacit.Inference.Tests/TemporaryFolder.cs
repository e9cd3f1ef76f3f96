using System.IO.Compression;

namespace Tacit.Inference.Tests;

// A folder for one test. It is deleted when the test ends.
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-test-");

    public string Path => _folder.FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    public string Zip(string name, params (string Entry, byte[] Bytes)[] entries)
    {
        using var archive = new ZipArchive(System.IO.File.Create(File(name)), ZipArchiveMode.Create);
        foreach (var (entry, bytes) in entries)
        {
            using var stream = archive.CreateEntry(entry).Open();
            stream.Write(bytes);
        }

        return File(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
