using Spectre.Console;

namespace Tacit.Cli.Output;

/// <summary>The output streams of a command: results go to standard output, progress and log messages to standard error.</summary>
internal sealed class Terminal
{
    private const int DefaultWidth = 120;

    private readonly Lazy<IAnsiConsole> _outputConsole;
    private readonly Lazy<IAnsiConsole> _errorConsole;

    /// <summary>Creates a terminal from given streams, for example for tests.</summary>
    /// <param name="output">The standard output.</param>
    /// <param name="error">The standard error.</param>
    /// <param name="outputIsTerminal">Whether standard output is a terminal, which allows colours and control sequences.</param>
    /// <param name="errorIsTerminal">Whether standard error is a terminal, which allows live progress.</param>
    /// <param name="width">The width in columns.</param>
    /// <param name="time">The clock for elapsed times.</param>
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

    /// <summary>Whether standard error is a terminal, so that progress can be redrawn in place.</summary>
    public bool IsLive { get; }

    /// <summary>The width of the window in columns; 120 if standard output is redirected.</summary>
    public int Width { get; }

    /// <summary>The clock for elapsed times.</summary>
    public TimeProvider Time { get; }

    /// <summary>The console for formatted text and tables on standard output.</summary>
    public IAnsiConsole OutputConsole => _outputConsole.Value;

    /// <summary>The console for live progress on standard error.</summary>
    public IAnsiConsole ErrorConsole => _errorConsole.Value;

    /// <summary>
    /// Creates the terminal of the current process. Live progress is disabled if standard error is redirected or <c>TERM</c> is
    /// "dumb".
    /// </summary>
    public static Terminal OfProcess()
    {
        var live = !System.Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        var width = System.Console.IsOutputRedirected ? DefaultWidth : Math.Max(60, System.Console.WindowWidth);
        return new Terminal(System.Console.Out, System.Console.Error, !System.Console.IsOutputRedirected, live, width, TimeProvider.System);
    }

    /// <summary>
    /// Creates a console on a stream. Control sequences and colours are used only if the stream is a terminal that supports
    /// them.
    /// </summary>
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
