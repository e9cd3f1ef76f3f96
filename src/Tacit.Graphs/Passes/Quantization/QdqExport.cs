using System.Collections.Immutable;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Specifies how the integers of weights are stored in a file.</summary>
public enum WeightStorage
{
    /// <summary>One byte per weight. This is the default.</summary>
    Int8,

    /// <summary>
    /// As many bits per weight as the layer has, if that makes the file smaller. The network has the same speed and results as with
    /// <see cref="Int8"/>. See <see cref="PackedIntegers"/>.
    /// </summary>
    Packed,
}

/// <summary>Converts a network with FakeQuantize nodes into one that ONNX Runtime runs with integer kernels.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>
/// An activation quantiser becomes QuantizeLinear → DequantizeLinear with the same grid. A grid of fewer than 8 bits is held exactly in
/// 8-bit integers, with an integer Clip to 0 ... 2^bits - 1 between the two.
/// </item>
/// <item>
/// Weights become Int8 initializers with a DequantizeLinear per output channel and zero point 0; see <see cref="ChannelIntegers"/>.
/// </item>
/// <item>
/// Batch norms are folded into the scales of the weights, not into the integers, so folding costs no accuracy. A negative gamma negates the
/// integers.
/// </item>
/// <item>
/// Biases are Int32 at exactly input scale · weight scale. With any other scale, ONNX Runtime keeps a convolution in float without a
/// warning.
/// </item>
/// <item>A batch norm without a convolution becomes a depth-wise convolution with a window of one position.</item>
/// <item>Slices, pads, reshapes and max pools work on integers: they stand between QuantizeLinear and DequantizeLinear.</item>
/// <item>
/// A HardSigmoid whose quantiser ends at 1 becomes alpha · x + beta, computed as an Add. The quantiser clips the sum to 0 and 1.
/// </item>
/// <item>
/// An AveragePool with dilations becomes a depth-wise convolution in float. ONNX Runtime would fuse the pool with the quantisers around it to
/// an integer kernel that does not exist.
/// </item>
/// <item>Layers on clips with few channels get a part of their window as channels; see <see cref="Im2Col"/>.</item>
/// </list>
/// The result uses operators of opset 17. It computes the same integers as the simulation if the biases were rounded by
/// <see cref="BiasRounding"/>.
/// </remarks>
/// <param name="storage">The storage of the weights. Default <see cref="WeightStorage.Int8"/>.</param>
public sealed class QdqExport(WeightStorage storage = WeightStorage.Int8)
{
    /// <summary>Estimates the bytes that the weights of a layer take in the exported file.</summary>
    /// <param name="count">The number of weights.</param>
    /// <param name="bits">The bits of each, 2 to 8.</param>
    public long WeightBytes(long count, int bits) =>
        storage == WeightStorage.Packed && PackedIntegers.Pays(count, bits) ? PackedIntegers.Bytes(count, bits) : count;

    /// <summary>
    /// Returns the exported network. Its inputs and outputs have the names and shapes of those of <paramref name="model"/>.
    /// </summary>
    /// <param name="model">A network after <see cref="FakeQuantizationInsertion"/>, with observed ranges.</param>
    /// <exception cref="UnsuitableModelException">Shapes do not fit; see <see cref="ShapeInference.Infer"/>.</exception>
    public Model Apply(Model model) => new Conversion(model, storage).Run();

    /// <summary>A value that exists as unsigned integers. The integer q represents (q - zero point) · scale.</summary>
    private sealed record Integers(string Name, string Scale, string ZeroPoint, float ScaleValue, byte ZeroPointValue);

    /// <summary>The conversion of one network. Each value exists as a float, as integers, or as both.</summary>
    private sealed class Conversion(Model model, WeightStorage storage)
    {
        private readonly Graph _graph = model.Graph;
        private readonly GraphBuilder _builder = new(model.Graph.Name);
        private readonly Dictionary<string, string> _floats = new(StringComparer.Ordinal);
        private readonly Dictionary<string, Integers> _integers = new(StringComparer.Ordinal);
        private readonly IReadOnlyDictionary<Node, int> _norms = Operations.LoneNorms(model);
        private readonly IReadOnlyDictionary<string, TensorType> _types = ShapeInference.Infer(model);
        private readonly HashSet<Node> _folded = new(ReferenceEqualityComparer.Instance);

        /// <summary>Runs the conversion. An instance can run only once.</summary>
        public Model Run()
        {
            foreach (var input in _graph.Inputs)
            {
                _floats[input.Name] = _builder.Input(input.Name, input.Type.Shape, input.Type.Element);
            }

            foreach (var node in _graph.Nodes.Where(node => !_folded.Contains(node)))
            {
                Convert(node);
            }

            foreach (var output in _graph.Outputs)
            {
                _builder.Output(Float(output.Name), output.Type.Shape, output.Type.Element);
            }

            return _builder.Build() with
            {
                Metadata = model.Metadata,
            };
        }

        /// <summary>Converts a node to integers if it has an integer form, and copies it with float inputs otherwise.</summary>
        private void Convert(Node node)
        {
            if (Quantizer.Of(node) is { } quantizer)
            {
                if (Operations.GridOf(node, model) is { } grid)
                {
                    Quantize(node, quantizer, grid);
                }
            }
            else if (Operations.IsWeighted(node, _graph) || (_norms.ContainsKey(node) && _integers.ContainsKey(node.Inputs[0])))
            {
                ConvertLayer(node);
            }
            else if (Operations.OnlyMoves(node, model) && _integers.ContainsKey(node.Inputs[0]) && !node.Outputs.Any(_graph.IsOutput))
            {
                Move(node);
            }
            else if (node.Operator == "HardSigmoid" && _integers.TryGetValue(node.Inputs[0], out var line) && IsClampedToOne(node.Output))
            {
                AddLine(node, line);
            }
            else if (node.Operator == "AveragePool" && Window.IsDilated(node))
            {
                AddMean(node);
            }
            else
            {
                _builder.Add(node with { Inputs = [.. node.Inputs.Select(input => input.Length == 0 ? input : Float(input))] });
                foreach (var output in node.Outputs)
                {
                    _floats[output] = output;
                }
            }
        }

        /// <summary>Converts an activation quantiser: x → QuantizeLinear → Clip (below 8 bits).</summary>
        /// <remarks>The DequantizeLinear is added when a node reads the value as a float.</remarks>
        private void Quantize(Node node, Quantizer quantizer, QuantizationGrid grid)
        {
            var value = node.Inputs[0];
            var scale = Statistic(value + ".scale", TensorData.Scalar(grid.Scale));
            var zeroPoint = Statistic(value + ".zero_point", TensorData.Scalar(grid.ZeroPoint));
            var integers = _builder.Add("QuantizeLinear", [Float(value), scale, zeroPoint], name: value + ".quantize");
            if (quantizer.Bits < Quantizer.MostBits)
            {
                var lowest = Statistic(value + ".lowest", TensorData.Scalar((byte)0));
                var highest = Statistic(value + ".highest", TensorData.Scalar((byte)grid.Steps));
                integers = _builder.Add("Clip", [integers, lowest, highest], name: value + ".clip");
            }

            _integers[node.Output] = new Integers(integers, scale, zeroPoint, grid.Scale, grid.ZeroPoint);
        }

        /// <summary>Adds a node that only moves elements, on integers. A Pad pads by the zero point. A Dropout is omitted.</summary>
        private void Move(Node node)
        {
            var source = _integers[node.Inputs[0]];
            if (node.Operator == "Dropout")
            {
                _integers[node.Output] = source;
                return;
            }

            string[] inputs = [source.Name, .. node.Inputs.Skip(1).Take(node.Operator == "Pad" ? 1 : int.MaxValue).Select(Float)];
            if (node.Operator == "Pad")
            {
                inputs = [.. inputs, Statistic(node.Output + ".zero", TensorData.Scalar(source.ZeroPointValue))];
            }

            string[] outputs = [.. node.Outputs.Select(output => _builder.Unique(output + ".integers"))];
            _builder.Add(new Node(outputs[0], node.Operator, [.. inputs], [.. outputs], node.Attributes));
            foreach (var (output, integers) in node.Outputs.Zip(outputs))
            {
                _integers[output] = source with { Name = integers };
            }
        }

        /// <summary>
        /// Returns whether the quantiser of a HardSigmoid covers exactly [0, 1], to within half a step, so that it replaces the operator's
        /// clipping.
        /// </summary>
        private bool IsClampedToOne(string value) =>
            _graph.Consumers(value) is [var reader]
            && !_graph.IsOutput(value)
            && Operations.GridOf(reader, model) is { Lowest: 0 } grid
            && grid.Dequantize(grid.Highest) <= 1 + grid.Scale / 2;

        /// <summary>Adds alpha · x + beta for a HardSigmoid.</summary>
        /// <remarks>
        /// alpha · x is a DequantizeLinear of the same integers with the scale alpha · s. beta is a DequantizeLinear of the constant 1.
        /// Runtimes have an integer kernel for the Add.
        /// </remarks>
        private void AddLine(Node node, Integers x)
        {
            var value = node.Output;
            var scale = Statistic(value + ".line.scale", TensorData.Scalar(x.ScaleValue * node.Attributes.Float("alpha", 0.2f)));
            var line = _builder.Add("DequantizeLinear", [x.Name, scale, x.ZeroPoint], name: value + ".line");
            var one = Statistic(value + ".one", TensorData.Scalar((byte)1));
            var beta = Statistic(value + ".beta.scale", TensorData.Scalar(node.Attributes.Float("beta", 0.5f)));
            var zero = Statistic(value + ".beta.zero_point", TensorData.Scalar((byte)0));
            var constant = _builder.Add("DequantizeLinear", [one, beta, zero], name: value + ".beta");
            _floats[value] = _builder.Add("Add", [line, constant], name: value);
        }

        /// <summary>Adds an AveragePool with dilations as a depth-wise convolution with equal weights.</summary>
        /// <exception cref="UnsuitableModelException">
        /// The number of elements in a window varies, because pads do not count or <c>ceil_mode</c> is set, or the channels are not known.
        /// </exception>
        private void AddMean(Node node)
        {
            var counts = node.Attributes.Int("count_include_pad") != 0 || (node.Attributes.Ints("pads") ?? []).All(pad => pad == 0);
            if (!counts || node.Attributes.Int("ceil_mode") != 0 || !_types[node.Output].Shape[1].IsKnown)
            {
                throw new UnsuitableModelException($"{node}: a mean with dilations and windows of different sizes cannot be exported")
                {
                    Node = node.Name,
                };
            }

            var (channels, kernel) = (_types[node.Output].Shape[1].Size, node.Attributes.Ints("kernel_shape")!);
            var count = kernel.Aggregate(1L, (product, size) => product * size);
            var weights = new float[channels * count];
            Array.Fill(weights, 1f / count);
            var weight = _builder.Initializer(
                node.Output + ".weight",
                TensorData.Of<float>(weights, [channels, 1, .. kernel]),
                WeightRole.Constant
            );
            _builder.Add(
                node with
                {
                    Operator = "Conv",
                    Inputs = [Float(node.Inputs[0]), weight],
                    Attributes = node.Attributes.Without("count_include_pad").Without("ceil_mode").With("group", channels),
                }
            );
            _floats[node.Output] = node.Output;
        }

        /// <summary>Converts a layer with its batch norm. A layer without a quantised input stays in float, with folded weights.</summary>
        private void ConvertLayer(Node node)
        {
            var layer = FoldedLayer.Of(model, node);
            if (layer.Norm is not null)
            {
                _folded.Add(layer.Norm);
            }

            var inputs = new List<string>();
            var attributes = node.Attributes;
            if (layer.Quantizer is { } quantizer && _integers.TryGetValue(node.Inputs[0], out var input))
            {
                var unfolding = Im2Col.Of(node, _types[node.Inputs[0]].Shape, layer.Weight);
                attributes = unfolding?.Attributes ?? attributes;
                inputs.Add(unfolding is null ? Float(node.Inputs[0]) : Unfolded(node, unfolding, input));
                var read = unfolding is null ? layer : layer with { Weight = unfolding.Weight(layer.Weight) };
                var channels = ChannelIntegers.Of(read, quantizer, input.ScaleValue, storage);
                inputs.Add(DequantizedWeight(node, channels, layer.Axis));
                if (node.Operator != "MatMul")
                {
                    inputs.Add(DequantizedBias(node, channels));
                }
            }
            else
            {
                inputs.Add(Float(node.Inputs[0]));
                inputs.Add(_builder.Initializer(node.Output + ".weight", layer.ScaledWeight));
                if (node.Operator != "MatMul")
                {
                    inputs.Add(
                        _builder.Initializer(node.Output + ".bias", TensorData.Of<float>([.. layer.Bias.Select(value => (float)value)]))
                    );
                }
            }

            var written = _norms.TryGetValue(node, out var rank)
                ? AsConvolution(node, layer.Bias.Length, rank)
                : node with
                {
                    Attributes = attributes,
                };
            _builder.Add(
                written with
                {
                    Inputs = [.. inputs],
                    Outputs = [layer.Result],
                    Attributes = written.Attributes.Without("alpha").Without("beta"),
                }
            );
            _floats[layer.Result] = layer.Result;
        }

        private string Unfolded(Node node, Im2Col unfolding, Integers input) =>
            _builder.Add(
                "DequantizeLinear",
                [unfolding.Apply(_builder, input.Name, input.ZeroPointValue), input.Scale, input.ZeroPoint],
                name: node.Output + ".input"
            );

        /// <summary>Returns a depth-wise convolution with a window of one position, which replaces a lone batch norm.</summary>
        private static Node AsConvolution(Node norm, int channels, int rank) =>
            norm with
            {
                Operator = "Conv",
                Attributes = Attributes.None.With("group", channels).With("kernel_shape", [.. Enumerable.Repeat(1L, rank - 2)]),
            };

        /// <summary>Adds the integers of the weights and their DequantizeLinear along the output axis.</summary>
        private string DequantizedWeight(Node node, ChannelIntegers channels, int axis)
        {
            var name = node.Output + ".weight";
            var weight = channels.Packed is { } packed ? packed.Unpack(_builder, name) : _builder.Initializer(name, channels.Weight!);
            if (_norms.TryGetValue(node, out var rank))
            {
                weight = AsKernel(weight, channels.Scale.Count, rank);
            }

            var scale = _builder.Initializer(name + ".scale", channels.Scale);
            var zeroPoint = _builder.Initializer(name + ".zero_point", TensorData.Of(new sbyte[(int)channels.Scale.Count]));
            return _builder.Add("DequantizeLinear", [weight, scale, zeroPoint], Attributes.None.With("axis", axis), name + ".dequantized");
        }

        /// <summary>Reshapes a vector (C) to the weights (C, 1, 1, ...) of a depth-wise convolution.</summary>
        private string AsKernel(string weight, long channels, int rank)
        {
            long[] sizes = [channels, .. Enumerable.Repeat(1L, rank - 1)];
            if (!_builder.HasInitializer(weight))
            {
                return _builder.Add("Reshape", [weight, _builder.Constant(weight + ".sizes", sizes)], name: weight + ".kernel");
            }

            _builder.SetData(weight, _builder.Data(weight).Reshape(sizes));
            return weight;
        }

        /// <summary>Adds the Int32 bias and its DequantizeLinear.</summary>
        private string DequantizedBias(Node node, ChannelIntegers channels)
        {
            var bias = _builder.Initializer(node.Output + ".bias", channels.Bias);
            var scale = _builder.Initializer(node.Output + ".bias.scale", channels.BiasScale);
            var zeroPoint = _builder.Initializer(node.Output + ".bias.zero_point", TensorData.Of(new int[(int)channels.Bias.Count]));
            return _builder.Add(
                "DequantizeLinear",
                [bias, scale, zeroPoint],
                Attributes.None.With("axis", 0L),
                node.Output + ".bias.dequantized"
            );
        }

        private string Statistic(string name, TensorData data) => _builder.Initializer(name, data, WeightRole.Statistic);

        /// <summary>
        /// Returns the float form of a value: the value itself, a copied initializer, or its integers after a DequantizeLinear that all
        /// readers share.
        /// </summary>
        private string Float(string value)
        {
            if (_floats.TryGetValue(value, out var name))
            {
                return name;
            }

            if (_integers.TryGetValue(value, out var integers))
            {
                return _floats[value] = _builder.Add("DequantizeLinear", [integers.Name, integers.Scale, integers.ZeroPoint], name: value);
            }

            var initializer = _graph.Initializers[value];
            return _floats[value] = _builder.Initializer(value, model.Weights[value], initializer.Role);
        }
    }
}
