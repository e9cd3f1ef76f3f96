using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tacit.Inference.Metrics;

namespace Tacit.Cli.Output;

/// <summary>Writes an object as JSON on one line, with names in snake case. Numbers that are not finite become null.</summary>
internal static class JsonWriter
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new FiniteDouble() },
    };

    /// <summary>Writes the object and a line break.</summary>
    public static void Write<T>(TextWriter output, T value) => output.WriteLine(Text(value));

    /// <summary>Returns the object as text.</summary>
    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>Returns an interval as the array [low, high]; null if it is null.</summary>
    public static double[]? Pair(Interval? interval) => interval is { } known ? [known.Low, known.High] : null;

    private sealed class FiniteDouble : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                // Six decimal places, or six significant digits for small numbers such as learning rates.
                writer.WriteNumberValue(Math.Abs(value) < 1e-3 ? double.Parse(value.ToString("G6")) : Math.Round(value, 6));
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
