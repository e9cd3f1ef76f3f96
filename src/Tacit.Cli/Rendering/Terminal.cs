using Spectre.Console;

namespace Tacit.Cli.Rendering;

/// <summary>Where a command writes: results to the output, progress and logs to the error stream.</summary>
internal sealed class Terminal
{
    private const int DefaultWidth = 120;

    private readonly Lazy<IAnsiConsole> _outputConsole;
    private readonly Lazy<IAnsiConsole> _errorConsole;

    public Terminal(TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal, int width, TimeProvider time)
    {
        Output = output;
        Error = error;
        IsLive = errorIsTerminal;
        Width = width;
        Time = time;
        _outputConsole = new(() => Console(output, outputIsTerminal));
        _errorConsole = new(() => Console(error, errorIsTerminal));
    }

    /// <summary>Standard output.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether someone watches standard error, so that lines may be redrawn.</summary>
    public bool IsLive { get; }

    /// <summary>The columns of the window, or a fixed number where there is none.</summary>
    public int Width { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Tables and text on standard output.</summary>
    public IAnsiConsole OutputConsole => _outputConsole.Value;

    /// <summary>Live progress on standard error.</summary>
    public IAnsiConsole ErrorConsole => _errorConsole.Value;

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess()
    {
        var live = !System.Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        var width = System.Console.IsOutputRedirected ? DefaultWidth : Math.Max(60, System.Console.WindowWidth);
        return new Terminal(System.Console.Out, System.Console.Error, !System.Console.IsOutputRedirected, live, width, TimeProvider.System);
    }

    private IAnsiConsole Console(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
                Out = new AnsiConsoleOutput(writer),
            }
        );
        console.Profile.Width = Width;
        return console;
    }
}
