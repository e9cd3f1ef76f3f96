using Spectre.Console;

namespace Tacit.Cli.Output;

/// <summary>A list of names and values, written as two aligned columns.</summary>
/// <example><code>
/// new FactList()
///     .Add("encoder", "encoder.onnx")
///     .Add("videos", "120")
///     .Write(console);
/// // encoder  encoder.onnx
/// // videos   120
/// </code></example>
internal sealed class FactList
{
    private readonly List<(string Name, string Value)> _facts = [];

    /// <summary>Adds a line.</summary>
    /// <param name="name">The name, shown in grey.</param>
    /// <param name="value">The value.</param>
    /// <returns>This list, for chaining.</returns>
    public FactList Add(string name, string value)
    {
        _facts.Add((name, value));
        return this;
    }

    /// <summary>Writes the lines with aligned values. There must be at least one line.</summary>
    /// <param name="console">The console to write to.</param>
    public void Write(IAnsiConsole console)
    {
        var width = _facts.Max(fact => fact.Name.Length) + 2;
        foreach (var (name, value) in _facts)
        {
            console.Write(new Text(name.PadRight(width), new Style(Color.Grey)));
            console.WriteLine(value);
        }
    }
}
