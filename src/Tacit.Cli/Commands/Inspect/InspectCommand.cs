using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs.Onnx;

namespace Tacit.Cli.Commands.Inspect;

/// <summary>tacit inspect: what a network consists of and what quantisation would do to it.</summary>
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
        var inspection = Inspection.Of(path, model, _inputShape.Resolve(parsed, model.Graph));
        _common.Show(parsed, _terminal, inspection.Report());
        return ExitCode.Success;
    }
}
