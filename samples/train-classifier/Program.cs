using System.Globalization;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Runs;
using TorchSharp;
using TrainClassifier;

// Trains a small residual network from random weights, or those of a network, on labelled images, and writes it as ONNX with its batch norms kept.
//
//   dotnet run -c Release --project samples/train-classifier -- IMAGES.zip OUT.onnx RUN-FOLDER [--epochs 10] [--depth 8] …
//
// One tenth of the images is held out to tell how training goes. Ctrl-C leaves a run that the same command goes on with.

if (args.Length < 3 || args.Length % 2 == 0)
{
    Console.Error.WriteLine(
        "usage: train-classifier IMAGES.zip OUT.onnx RUN-FOLDER [--epochs N] [--depth N] [--width N] [--batch N] [--lr X] [--seed N] [--threads N] [--start NET.onnx]"
    );
    return 2;
}

var (imagesPath, outputPath, runPath) = (args[0], args[1], args[2]);
var named = args[3..].Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
int Whole(string name, int absent) => named.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : absent;

// 1. What is trained, and what the result depends on.
var defaults = new TrainingOptions();
var options = defaults with
{
    Epochs = Whole("--epochs", defaults.Epochs),
    Depth = Whole("--depth", defaults.Depth),
    Width = Whole("--width", defaults.Width),
    BatchSize = Whole("--batch", defaults.BatchSize),
    Seed = (ulong)Whole("--seed", (int)defaults.Seed),
    LearningRate = named.TryGetValue("--lr", out var rate) ? double.Parse(rate, CultureInfo.InvariantCulture) : defaults.LearningRate,
};
var start = named.GetValueOrDefault("--start");
torch.set_num_threads(Whole("--threads", 1));
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    var description = new RunDescription
    {
        Command = "train-classifier",
        Options = OptionsJson.ToJson(options),
        Seed = options.Seed,
        ThreadCount = torch.get_num_threads(),
        Inputs = [RunInput.Of("images", imagesPath), .. start is null ? [] : new[] { RunInput.Of("start", start) }],
    };
    using var run = RunFolder.Exists(runPath) ? RunFolder.Open(runPath, description) : RunFolder.Create(runPath, description);

    // 2. The images, in memory.
    var preprocessing = new Preprocessing(32, 32) { Mean = new(0.485f, 0.456f, 0.406f), Std = new(0.229f, 0.224f, 0.225f) };
    var images = ImageSet.Read(imagesPath, preprocessing);
    Console.Error.WriteLine($"{images.Count} images in {images.Classes.Length} classes");

    // 3. Training.
    using var training = new ClassifierTraining(options, images, run, start is null ? null : OnnxReader.Read(start));
    var network = training.Run(new ConsoleProgress(), stop.Token);

    // 4. The file says how its input is prepared and what its outputs mean.
    OnnxWriter.Write(new ModelMetadata { Images = preprocessing, Classes = [.. images.Classes] }.WriteTo(network), outputPath);
    Console.WriteLine($"{outputPath}: {new FileInfo(outputPath).Length} bytes");
    return 0;
}
catch (ContentException e)
{
    Console.Error.WriteLine(e.Message);
    return 3;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("stopped; the same command goes on");
    return 4;
}
catch (Exception e) when (e is IOException or ArgumentException)
{
    Console.Error.WriteLine(e.Message);
    return 4;
}

/// <summary>A line every hundred steps and at the end of every epoch.</summary>
internal sealed class ConsoleProgress : IProgress<TrainingProgress>
{
    private readonly ProgressClock _clock = new(TimeProvider.System);

    public void Report(TrainingProgress value)
    {
        var remaining = _clock.Remaining(value.Stage, value.Step, value.Steps);
        if (value.Step % 100 == 0 || value.Losses.ContainsKey("held_out_top1"))
        {
            var losses = string.Join("  ", value.Losses.Select(loss => $"{loss.Key} {loss.Value:F3}"));
            Console.Error.WriteLine($"step {value.Step} of {value.Steps}  {losses}  {remaining?.TotalMinutes:F1} min left");
        }
    }
}
