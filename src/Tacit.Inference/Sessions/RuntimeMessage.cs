using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Tacit.Inference.Sessions;

/// <summary>Shortens the messages of ONNX Runtime.</summary>
internal static partial class RuntimeMessage
{
    private const int MaxLength = 240;

    /// <summary>
    /// Returns the message of an exception on one line, without error codes and source locations, and at most 240 characters
    /// long.
    /// </summary>
    public static string Of(OnnxRuntimeException exception)
    {
        var text = SourcePlace().Replace(Preamble().Replace(exception.Message, ""), "");
        text = Space().Replace(text, " ").Trim();
        return text.Length <= MaxLength ? text : text[..MaxLength] + "…";
    }

    [GeneratedRegex(@"^\[ErrorCode:[^\]]*\]\s*(Load model from .* failed: ?)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Preamble();

    [GeneratedRegex(@"\S*\.(cc|h|cpp):\d+ (\S+ )*?(?=[A-Z]|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SourcePlace();

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Space();
}
