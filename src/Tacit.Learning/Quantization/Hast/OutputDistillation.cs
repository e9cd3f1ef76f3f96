using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Computes the distillation loss L_KD between the outputs of the float and the quantised network, by what the outputs mean.</summary>
/// <remarks>
/// The paper treats classes only. Features are compared by regression and by the probabilities of prototypes (<see
/// cref="EncoderHead"/>), all other outputs by regression alone.
/// </remarks>
internal abstract class OutputDistillation : IDisposable
{
    private OutputDistillation(ImmutableArray<string> values) => Values = values;

    /// <summary>The names of the values that are compared. Both networks must be run with them as taps.</summary>
    public ImmutableArray<string> Values { get; }

    /// <summary>Prepares the loss for a network. The values of the float network on some samples give the units of a regression.</summary>
    /// <param name="task">The meaning of the outputs.</param>
    /// <param name="model">The float network.</param>
    /// <param name="teacher">Its weights.</param>
    /// <param name="samples">Some samples, (N, C, ...), Float32.</param>
    /// <param name="options">The weights of the terms and the temperature.</param>
    public static OutputDistillation Of(NetworkTask task, Model model, TorchWeights teacher, TensorData samples, FineTuningOptions options)
    {
        var values = ComparedValues.Of(model, task);
        return task switch
        {
            NetworkTask.Classes => new OfClasses(values[0], options),
            NetworkTask.Features => new OfFeatures(values[0], model, teacher, samples, options),
            _ => new OfMaps(values, model, teacher, samples, options),
        };
    }

    /// <summary>Computes the loss of a batch. The gradient flows into both arguments.</summary>
    /// <param name="student">The values of the quantised network.</param>
    /// <param name="teacher">The values of the float network for the same samples.</param>
    /// <returns>The loss, a scalar.</returns>
    public abstract Tensor Forward(Activations student, Activations teacher);

    /// <summary>Computes how far the outputs differ, without the weights and the temperature of the loss.</summary>
    /// <param name="student">The values of the changed network.</param>
    /// <param name="teacher">The values of the float network for the same samples.</param>
    /// <returns>
    /// A scalar, the mean over the samples: KL(teacher || student) between the probabilities of classes or prototypes, or the squared
    /// difference relative to the variance.
    /// </returns>
    public abstract Tensor Divergence(Activations student, Activations teacher);

    /// <inheritdoc/>
    public virtual void Dispose() { }

    // Of logits, (N, classes).
    private static Tensor KullbackLeibler(Tensor student, Tensor teacher)
    {
        var target = teacher.log_softmax(1);
        return (target.exp() * (target - student.log_softmax(1))).sum(1).mean();
    }

    private sealed class OfClasses(string logits, FineTuningOptions options) : OutputDistillation([logits])
    {
        private readonly Distillation _distillation = new(options.Temperature, options.DistillationWeight);

        public override Tensor Forward(Activations student, Activations teacher) =>
            _distillation.Forward(ComparedValues.Rows(student[logits]), ComparedValues.Rows(teacher[logits]));

        public override Tensor Divergence(Activations student, Activations teacher) =>
            KullbackLeibler(ComparedValues.Rows(student[logits]), ComparedValues.Rows(teacher[logits]));
    }

    private sealed class OfFeatures : OutputDistillation
    {
        private readonly FineTuningOptions _options;
        private readonly Distillation _distillation;
        private readonly EncoderHead _head;

        public OfFeatures(string features, Model model, TorchWeights teacher, TensorData samples, FineTuningOptions options)
            : base([features])
        {
            _options = options;
            _distillation = new Distillation(options.Temperature, options.DistillationWeight);
            using var seen = ComparedValues.Evaluate(new GraphModule(model), teacher, features, samples); // (N, D)
            _head = new EncoderHead(seen);
        }

        public override Tensor Forward(Activations student, Activations teacher)
        {
            var (prediction, target) = (Vectors(student), Vectors(teacher));
            var regression = _options.RegressionWeight * _head.Regression(prediction, target);
            return _options.Prototypes ? regression + _distillation.Forward(_head.Logits(prediction), _head.Logits(target)) : regression;
        }

        public override Tensor Divergence(Activations student, Activations teacher) =>
            KullbackLeibler(_head.Logits(Vectors(student)), _head.Logits(Vectors(teacher)));

        public override void Dispose()
        {
            base.Dispose();
            _head.Dispose();
        }

        private Tensor Vectors(Activations activations) => ComparedValues.Rows(activations[Values[0]]);
    }

    private sealed class OfMaps : OutputDistillation
    {
        private readonly double _weight;
        private readonly ImmutableArray<double> _variances; // of each value in the float network

        public OfMaps(ImmutableArray<string> values, Model model, TorchWeights teacher, TensorData samples, FineTuningOptions options)
            : base(values)
        {
            _weight = options.RegressionWeight;
            _variances = Variances(new GraphModule(model), teacher, samples);
        }

        public override Tensor Forward(Activations student, Activations teacher) => _weight * Divergence(student, teacher);

        public override Tensor Divergence(Activations student, Activations teacher) =>
            Values
                .Select((value, i) => (student[value] - teacher[value]).square().mean() / _variances[i])
                .Aggregate((sum, term) => sum + term) / Values.Length;

        private ImmutableArray<double> Variances(GraphModule network, TorchWeights weights, TensorData samples)
        {
            using var gradients = no_grad();
            var moments = Values.Select(_ => (Count: 0.0, Sum: 0.0, Squares: 0.0)).ToArray();
            foreach (var batch in EvaluationBatches.Of(samples))
            {
                using var scope = NewDisposeScope();
                var activations = network.Run(weights, batch.ToTensor(weights.Device), taps: Values);
                for (var i = 0; i < moments.Length; i++)
                {
                    var value = activations[Values[i]].to(ScalarType.Float64);
                    moments[i].Count += value.numel();
                    moments[i].Sum += value.sum().ToDouble();
                    moments[i].Squares += value.square().sum().ToDouble();
                }
            }

            // A constant output has no scale of its own.
            return
            [
                .. moments
                    .Select(moment => moment.Squares / moment.Count - Math.Pow(moment.Sum / moment.Count, 2))
                    .Select(variance => variance > 1e-12 ? variance : 1),
            ];
        }
    }
}
