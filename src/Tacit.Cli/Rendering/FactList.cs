using Spectre.Console;

namespace Tacit.Cli.Rendering;

/// <summary>A name and what it is, line by line.</summary>
internal sealed class FactList
{
    private readonly List<(string Name, string Value)> _facts = [];

    /// <summary>Adds a line.</summary>
    public FactList Add(string name, string value)
    {
        _facts.Add((name, value));
        return this;
    }

    /// <summary>Writes the lines, their values under one another.</summary>
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
