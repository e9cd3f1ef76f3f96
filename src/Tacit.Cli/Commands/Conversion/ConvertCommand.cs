using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.WeightFiles;
using Tacit.Inference.Contracts;

namespace Tacit.Cli.Commands.Conversion;

/// <summary><c>tacit convert</c>: writes the published weights of a known network as an ONNX file.</summary>
/// <remarks>
/// <para>Arguments and options:</para>
/// <list type="bullet">
/// <item>WEIGHTS: a .pth file of torch.save, or a .safetensors file. Pickled code is never executed</item>
/// <item>--network: a name of <see cref="PublishedNetwork.All"/>. Required</item>
/// <item>--classes: 1 to 1,000,000. Default: the outputs of the last layer in the weights, otherwise the published number</item>
/// <item>--frames: the frames of a clip, 1 to 65,535, for video networks only. Default: as published</item>
/// <item>--input-size: the height and width of the input in pixels, 1 to 65,535. Default: as published</item>
/// <item>--output: the ONNX file. Default: the name of WEIGHTS with .onnx, in the current folder</item>
/// <item>--force: overwrites the output</item>
/// <item>the options of <see cref="PreprocessingOptions"/>, which are stored in the metadata of the output</item>
/// </list>
/// <para>
/// The command looks up the network, verifies that WEIGHTS exists and that the output can be written, reads the weights, and loads them
/// into the network. Every weight of the network must be found in the file with the same shape. Only then is the output written.
/// </para>
/// <para>
/// JSON fields: <c>output</c> (full path), <c>network</c>, <c>classes</c>, <c>parameters</c> (the number of learned values, without running
/// statistics) and <c>bytes</c> (the size of the output).
/// </para>
/// <para>
/// Exit codes: <see cref="ExitCode.Success"/>; <see cref="ExitCode.Usage"/> for an unknown network, sizes that it does not support, or an
/// existing output; <see cref="ExitCode.BadInput"/> if the weights are damaged or belong to another network.
/// </para>
/// </remarks>
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

    /// <summary>Creates the command with its options.</summary>
    /// <param name="terminal">The output streams.</param>
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
