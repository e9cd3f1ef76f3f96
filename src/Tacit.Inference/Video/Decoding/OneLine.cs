namespace Tacit.Inference.Video.Decoding;

/// <summary>Makes file names safe for single-line messages.</summary>
internal static class OneLine
{
    /// <summary>Replaces each control character of a path, such as a line break, with a space.</summary>
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
