using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Inference.Sessions;

namespace Tacit.Inference.Metrics;

/// <summary>Options of <see cref="ClassifierEvaluation"/>. Immutable; each value is checked when it is set.</summary>
public sealed record ClassifierEvaluationOptions
{
    /// <summary>The preprocessing of images. Default null: that of the file.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>How images are read. The batch size is also that of the network. Default: batches of 32.</summary>
    public ImageBatchOptions Batches
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Batches));
    } = new();

    /// <summary>How the network is loaded if a path is given.</summary>
    public OnnxSessionOptions Session
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Session));
    } = new();

    /// <summary>
    /// The number of timed runs on one image, at least 0; 0 measures no latency. One tenth as many runs precede as a warm-up. Default 100.
    /// </summary>
    public int LatencyRuns
    {
        get;
        init => field = Require.AtLeast(0, value);
    } = 100;

    /// <summary>The time after which no further run is timed. Default 3 seconds.</summary>
    public TimeSpan LatencyTime
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(LatencyTime));
    } = TimeSpan.FromSeconds(3);
}

/// <summary>Measures how well a network classifies the images of a set.</summary>
/// <remarks>
/// The input of the network is (N, 3, H, W) or (N, H, W, 3), and its output a score for each class. Classes are matched to outputs by name
/// if the metadata of the file names them, otherwise in alphabetical order. The result does not depend on the batch size or the number of
/// threads, except for rounding in ONNX Runtime.
/// </remarks>
/// <example><code>
/// var evaluation = new ClassifierEvaluation(new() { Preprocessing = new Preprocessing(32, 32) });
/// EvaluationResult result = evaluation.Run("resnet20.onnx", LabelledImages.Open("test.zip"));
/// </code></example>
public sealed class ClassifierEvaluation
{
    private readonly ClassifierEvaluationOptions _options;

    /// <summary>Creates an evaluation.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    public ClassifierEvaluation(ClassifierEvaluationOptions? options = null) => _options = options ?? new ClassifierEvaluationOptions();

    /// <summary>Evaluates a model file.</summary>
    /// <inheritdoc cref="Run(OnnxSession, LabelledImages, IProgress{EvaluationProgress}?, CancellationToken)"/>
    /// <exception cref="InvalidFileException">ONNX Runtime cannot run the file.</exception>
    public EvaluationResult Run(
        string modelPath,
        LabelledImages images,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        using var session = OnnxSession.Open(modelPath, _options.Session);
        return Run(session, images, progress, cancellationToken);
    }

    /// <summary>Evaluates a network.</summary>
    /// <exception cref="UnsuitableModelException">
    /// The network does not take images or cannot be run, or its preprocessing is unknown.
    /// </exception>
    /// <exception cref="InvalidDatasetException">Classes and outputs do not match, or too many images are unreadable.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public EvaluationResult Run(
        OnnxSession session,
        LabelledImages images,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(images);
        var preprocessing = session.Contract.ResolveImages(_options.Preprocessing);
        var modelClasses = session.Contract.Classes;
        ClassMap? map = null;
        var first = ReadOnlyMemory<float>.Empty;
        List<int> actual = [],
            predicted = [];
        List<SkippedImage> skipped = [];
        int top1 = 0,
            top5 = 0;
        foreach (var batch in images.ReadBatches(preprocessing, _options.Batches, cancellationToken))
        {
            skipped.AddRange(batch.Skipped);
            if (batch.Count > 0)
            {
                var scores = session.Run(batch.Tensor, preprocessing.Sizes(batch.Count));
                var outputs = Outputs(session, scores.Length, batch.Count);
                map ??= ClassMap.Of(images, outputs, modelClasses, session.Name);
                first = first.IsEmpty ? batch.Tensor[..preprocessing.ElementCount] : first;
                for (var i = 0; i < batch.Count; i++)
                {
                    var row = scores.AsSpan(i * outputs, outputs);
                    var label = map.OutputOfClass[batch.Labels[i]];
                    if (row.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
                    {
                        throw session.Contract.Unsuitable($"gives scores that are not finite for {batch.Names[i]}");
                    }

                    var rank = Scores.Rank(row, label);
                    actual.Add(label);
                    predicted.Add(Scores.Top(row));
                    top1 += rank < 1 ? 1 : 0;
                    top5 += rank < 5 ? 1 : 0;
                }
            }

            progress?.Report(new EvaluationProgress(actual.Count + skipped.Count, images.Images.Length, top1));
        }

        var count = actual.Count;
        return new EvaluationResult
        {
            Top1 = 100.0 * top1 / count,
            Top5 = 100.0 * top5 / count,
            Top1Interval = Interval.Wilson(top1, count).Times(100),
            Top5Interval = Interval.Wilson(top5, count).Times(100),
            Images = count,
            Skipped = skipped,
            Latency = Measure(session, first, preprocessing, cancellationToken),
            Confusion = ConfusionMatrix.Of(map!.Names, [.. actual], [.. predicted]),
            Predictions = predicted,
            Preprocessing = preprocessing,
        };
    }

    private static int Outputs(OnnxSession session, int scores, int count) =>
        scores > 0 && scores % count == 0
            ? scores / count
            : throw session.Contract.Unsuitable($"gives {scores} numbers for {count} images; a classifier gives one per class and image");

    private Latency? Measure(
        OnnxSession session,
        ReadOnlyMemory<float> image,
        Preprocessing preprocessing,
        CancellationToken cancellationToken
    ) =>
        _options.LatencyRuns == 0
            ? null
            : Latency.Measure(
                () => session.Run(image, preprocessing.Sizes(1)),
                _options.LatencyRuns,
                _options.LatencyTime,
                cancellationToken
            );
}
