using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.WeightFiles;
using Tacit.Inference.Contracts;

namespace Tacit.Cli.Commands.Conversion;

/// <summary>tacit convert: a published network's weights, as PyTorch or .safetensors holds them, in; the network as ONNX out.</summary>
internal sealed class ConvertCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _weights = new("WEIGHTS")
    {
        Description = "The weights: a .pth file written by torch.save, or a .safetensors file.",
    };

    private readonly Option<string> _network = new("--network")
    {
        Description = $"The network of the weights: {string.Join(", ", PublishedNetwork.All)}.",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<int?> _classes = Numbers.OptionalInteger(
        "--classes",
        1,
        1_000_000,
        "Number of classes. Default: that of the last layer in the weights."
    );
    private readonly Option<int?> _frames = Numbers.OptionalInteger(
        "--frames",
        1,
        65_535,
        "Frames of a clip, for video networks. Default: as in the paper of the network."
    );
    private readonly Option<int?> _inputSize = Numbers.OptionalInteger(
        "--input-size",
        1,
        65_535,
        "Height and width of the input. Default: as in the paper of the network."
    );
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The file to write. Default: WEIGHTS with .onnx in the current folder.",
        HelpName = "OUT",
    };
    private readonly Option<bool> _force = new("--force") { Description = "Overwrite the output." };
    private readonly PreprocessingOptions _preprocessing;
    private readonly CommonOptions _common;

    private ConvertCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        _network.CompletionSources.Add([.. PublishedNetwork.All.Select(network => network.Name)]);
        command.Add(_weights);
        foreach (var option in new Option[] { _network, _classes, _frames, _inputSize, _output, _force })
        {
            command.Add(option);
        }

        _preprocessing = new PreprocessingOptions(command);
        _common = new CommonOptions(command);
        command.SetAction(Run);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("convert", "Convert the weights of a published network to an ONNX file.");
        _ = new ConvertCommand(terminal, command);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var network = PublishedNetwork.Find(parsed.GetValue(_network)!);
        var path = Files.Existing(parsed.GetValue(_weights)!, "a file of weights");
        var output = parsed.GetValue(_output) ?? $"{Path.GetFileNameWithoutExtension(path)}.onnx";
        Files.CheckOutput(output, parsed.GetValue(_force));

        var weights = NamedWeights.Read(path);
        var (frames, size) = (parsed.GetValue(_frames), parsed.GetValue(_inputSize));
        var classes = parsed.GetValue(_classes) ?? weights.OutputsOf(network.Build(null, frames, size)) ?? network.Classes;
        var model = weights.LoadInto(network.Build(classes, frames, size));
        model = _preprocessing.ToMetadata(parsed, NetworkContract.Of(model)).WriteTo(model);
        OnnxWriter.Write(model, output);
        var parameters = model
            .Graph.Initializers.Values.Where(initializer => initializer.Role == WeightRole.Parameter)
            .Sum(initializer => initializer.Type.Shape.ElementCount);
        var facts = new FactList()
            .Add("network", $"{network} of {classes} classes, {Format.Count(parameters)} parameters")
            .Add("output", $"{output} ({Format.Bytes(new FileInfo(output).Length)})");
        _common.Show(
            parsed,
            _terminal,
            new Report(
                new
                {
                    output = Path.GetFullPath(output),
                    network = network.Name,
                    classes,
                    parameters,
                    bytes = new FileInfo(output).Length,
                },
                facts
            )
        );
        return ExitCode.Success;
    }
}
