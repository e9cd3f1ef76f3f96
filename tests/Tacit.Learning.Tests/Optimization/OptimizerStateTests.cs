using Tacit.Graphs;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;
using Tacit.Learning.Tests.Runs;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Tacit.Learning.Tests.Optimization;

[NoTensorLeaks]
public sealed class OptimizerStateTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");

    public static TheoryData<string> Kinds => ["sgd", "nesterov", "adam", "amsgrad", "adamw"];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_resumed_run_is_bit_equal_to_an_uninterrupted_one(string kind)
    {
        using var whole = new TinyTraining(kind);
        whole.Train(0, 12);

        var file = Path.Combine(_folder.FullName, "c.safetensors");
        using var first = new TinyTraining(kind);
        first.Train(0, 5);
        first.Save(5).Write(file);
        using var second = new TinyTraining(kind);
        second.Load(Checkpoint.Read(file));
        second.Train(5, 12);

        var resumed = second.Weights();
        Assert.All(whole.Weights(), weight => Assert.True(weight.Value.SequenceEqual(resumed[weight.Key]), weight.Key));
    }

    // Without the state the runs differ. This shows that the test above can fail.
    [Fact]
    public void The_state_matters()
    {
        using var whole = new TinyTraining("nesterov");
        whole.Train(0, 12);
        using var first = new TinyTraining("nesterov");
        first.Train(0, 5);
        using var second = new TinyTraining("nesterov");
        second.Load(first.Save(5), withState: false);
        second.Train(5, 12);

        Assert.False(whole.Weights().All(weight => weight.Value.SequenceEqual(second.Weights()[weight.Key])));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_state_before_the_first_step_can_be_loaded(string kind)
    {
        using var whole = new TinyTraining(kind);
        whole.Train(0, 3);
        using var fresh = new TinyTraining(kind);
        using var untouched = new TinyTraining(kind);
        fresh.Load(untouched.Save(0));
        fresh.Train(0, 3);

        Assert.True(whole.Weights().All(weight => weight.Value.SequenceEqual(fresh.Weights()[weight.Key])));
    }

    [Fact]
    public void Refuses_the_state_of_another_optimizer()
    {
        using var adam = new TinyTraining("adam");
        adam.Train(0, 1);

        using var other = new TinyTraining("sgd");

        Assert.Throws<InvalidFileException>(() => other.Load(adam.Save(1)));
    }

    [Fact]
    public void Refuses_a_truncated_state()
    {
        using var adam = new TinyTraining("adam");
        adam.Train(0, 1);
        var state = adam.Save(1)["optimizer"];
        var half = TensorData.Of(state.Bytes[..(int)(state.Count / 2)]);

        using var other = new TinyTraining("adam");

        Assert.Throws<InvalidFileException>(() => other.Load(adam.Save(1).With("optimizer", half)));
    }

    /// <summary>A convolution with a batch norm and a linear layer, trained on numbers that depend on the step alone.</summary>
    private sealed class TinyTraining : IDisposable
    {
        private readonly Dictionary<string, Tensor> _weights = new(StringComparer.Ordinal);
        private readonly TorchSharp.Modules.OptimizerHelper _optimizer;

        public TinyTraining(string kind)
        {
            Add("conv", 4, 3, 3, 3);
            Add("gamma", 4);
            Add("beta", 4);
            Add("linear", 5, 4);
            _weights["mean"] = zeros(4);
            _weights["variance"] = ones(4);
            Parameter[] parameters = [.. _weights.Values.OfType<Parameter>()];
            _optimizer = kind switch
            {
                "sgd" => optim.SGD(parameters, 0.05),
                "nesterov" => optim.SGD(parameters, 0.05, momentum: 0.9, weight_decay: 1e-4, nesterov: true),
                "adam" => optim.Adam(parameters, 0.01),
                "amsgrad" => optim.Adam(parameters, 0.01, amsgrad: true),
                _ => optim.AdamW(parameters, 0.01),
            };
        }

        public void Train(int from, int to)
        {
            for (var step = from; step < to; step++)
            {
                using var scope = NewDisposeScope();
                var values = new float[8 * 3 * 6 * 6];
                new RandomStream(1, "images", step).FillGaussian(values);
                var images = tensor(values).reshape(8, 3, 6, 6);
                var labels = arange(8) % 5;
                foreach (var group in _optimizer.ParamGroups)
                {
                    group.LearningRate = 0.01 + 0.01 * (step % 3);
                }

                _optimizer.zero_grad();
                var hidden = nn.functional.conv2d(images, _weights["conv"]);
                hidden = nn.functional.batch_norm(
                    hidden,
                    _weights["mean"],
                    _weights["variance"],
                    _weights["gamma"],
                    _weights["beta"],
                    training: true
                );
                var pooled = nn.functional.relu(hidden).mean([2, 3]);
                nn.functional.cross_entropy(nn.functional.linear(pooled, _weights["linear"]), labels).backward();
                _optimizer.step();
            }
        }

        public Dictionary<string, byte[]> Weights() =>
            _weights.ToDictionary(weight => weight.Key, weight => Bytes(weight.Value), StringComparer.Ordinal);

        public Checkpoint Save(long step) =>
            new Checkpoint("train", step)
                .With(
                    "net",
                    _weights.Select(weight =>
                        KeyValuePair.Create(weight.Key, new TensorData(ElementType.Float32, weight.Value.shape, Bytes(weight.Value)))
                    )
                )
                .With("optimizer", OptimizerState.Save(_optimizer));

        public void Load(Checkpoint checkpoint, bool withState = true)
        {
            // A run restores its state in a dispose scope. The state of the optimiser must outlive the scope.
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            foreach (var (name, data) in checkpoint.Section("net"))
            {
                _weights[name].copy_(tensor(data.As<float>().ToArray()).reshape([.. data.Sizes]));
            }

            if (withState)
            {
                OptimizerState.Load(_optimizer, checkpoint["optimizer"]);
            }
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            foreach (var weight in _weights.Values)
            {
                weight.Dispose();
            }
        }

        private static byte[] Bytes(Tensor tensor)
        {
            using var detached = tensor.detach();
            return detached.bytes.ToArray();
        }

        private void Add(string name, params long[] sizes)
        {
            var values = new float[sizes.Aggregate(1L, (product, size) => product * size)];
            new RandomStream(2, name).FillGaussian(values);
            using var scope = NewDisposeScope();
            _weights[name] = new Parameter(tensor(values).reshape(sizes) * 0.3).DetachFromDisposeScope();
        }
    }
}
