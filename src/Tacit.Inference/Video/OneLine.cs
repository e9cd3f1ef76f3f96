namespace Tacit.Inference.Video;

// A file's name may hold line breaks; a message may not.
internal static class OneLine
{
    public static string Of(string path) =>
        string.Create(
            path.Length,
            path,
            static (line, path) =>
            {
                for (var i = 0; i < line.Length; i++)
                {
                    line[i] = char.IsControl(path[i]) ? ' ' : path[i];
                }
            }
        );
}
