using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Tacit.Inference.Sessions;

// What ONNX Runtime says, without its error codes, source lines and line breaks.
internal static partial class RuntimeMessage
{
    private const int MaxLength = 240;

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
