using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs.Onnx;

namespace Tacit.Cli.Commands.Inspect;

/// <summary><c>tacit inspect</c>: shows the operators, shapes and costs of a network, and what quantisation would do to it.</summary>
/// <remarks>
/// <para>
/// The argument is MODEL, an ONNX file. The option --input-shape sets sizes that the file leaves open, see <see cref="InputShapeOption"/>.
/// The command only reads. It needs neither libtorch nor data.
/// </para>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/>; <see cref="ExitCode.Usage"/> for an --input-shape that does not match the network;
/// <see cref="ExitCode.BadInput"/> for a damaged file, an unsupported operator, or sizes that are needed but unknown.
/// </para>
/// </remarks>
internal sealed class InspectCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _model = new("MODEL") { Description = "A network as an ONNX file." };
    private readonly InputShapeOption _inputShape;
    private readonly CommonOptions _common;

    private InspectCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        command.Add(_model);
        _inputShape = new InputShapeOption(command);
        _common = new CommonOptions(command);
        command.SetAction(Run);
    }

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams.</param>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("inspect", "Show a network's operators, shapes, costs, and what would be quantised.");
        _ = new InspectCommand(terminal, command);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var path = Files.Existing(parsed.GetValue(_model)!, "an ONNX file");
        var model = OnnxReader.Read(path);
        var inspection = Inspection.Of(path, model, _inputShape.Resolve(parsed, model.Graph.Inputs));
        _common.Show(parsed, _terminal, inspection.Report());
        return ExitCode.Success;
    }
}
