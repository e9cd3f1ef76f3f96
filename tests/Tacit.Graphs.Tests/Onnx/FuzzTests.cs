using Tacit.Graphs.Onnx;

namespace Tacit.Graphs.Tests.Onnx;

// Damaged files. For any damage, the reader returns a network or reports the error.
public sealed class FuzzTests
{
    private const int Rounds = 750;

    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    [InlineData(18)]
    [InlineData(21)]
    public void Only_content_exceptions_come_out(int opset)
    {
        var valid = Draw(opset).Bytes;
        Assert.NotEmpty(OnnxReader.Read(valid).Graph.Nodes);
        var random = new Random(opset);
        var read = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var damaged = Damage(valid, random);
            try
            {
                OnnxWriter.ToBytes(OnnxReader.Read(damaged), new OnnxWriterOptions { Opset = 21 });
                read++;
            }
            catch (ContentException exception)
            {
                Assert.False(string.IsNullOrWhiteSpace(exception.Message));
            }
            catch (Exception exception)
            {
                Assert.Fail($"round {round}: {exception}");
            }
        }

        Assert.InRange(read, 1, Rounds - 1);
    }

    private static byte[] Damage(byte[] valid, Random random)
    {
        var bytes = valid.ToList();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[at] = random.Next(2) == 0 ? (byte)0 : (byte)255;
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                default:
                    bytes.RemoveRange(at, random.Next(20) == 0 ? bytes.Count - at : 0);
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }

    // A chain of operators that uses all rules of the opset.
    private static OnnxSketch Draw(int opset)
    {
        var sketch = new OnnxSketch(opset)
            .Input("x", 0, 3, 6, 6)
            .Floats("w", 4, 3, 3, 3)
            .Floats("s", 4)
            .Floats("b", 4)
            .Floats("m", 4)
            .Floats("v", 4)
            .Node("Conv", "x w", "c", ("pads", new long[] { 1, 1, 1, 1 }))
            .Node("BatchNormalization", "c s b m v", "n")
            .Node("Identity", "b", "bb")
            .Node("Add", "n d", "nd")
            .Node("Constant", "", "d", ("value", TensorData.Scalar(0.5f)));
        if (opset < 11)
        {
            sketch
                .Node("Clip", "nd", "r", ("min", 0f), ("max", 6f))
                .Node("Pad", "r", "p", ("pads", new long[] { 0, 0, 1, 1, 0, 0, 1, 1 }), ("value", 1f))
                .Node("Slice", "p", "q", ("starts", new long[] { 0 }), ("ends", new long[] { 4 }), ("axes", new long[] { 2 }));
        }
        else
        {
            sketch
                .Initializer("lo", TensorData.Scalar(0f))
                .Integers("pads", 1, 1)
                .Integers("full", 0, 0, 1, 1, 0, 0, 1, 1)
                .Integers("paxes", 2)
                .Integers("starts", 0)
                .Integers("ends", 4)
                .Integers("saxes", 2)
                .Node("Clip", "nd lo", "r")
                .Node("Pad", opset < 18 ? "r full" : "r pads _ paxes", "p")
                .Node("Slice", "p starts ends saxes", "q");
            sketch.Graph.ValueInfo.Add(OnnxSketch.Value("r", [0, 4, 6, 6]));
        }

        if (opset < 13)
        {
            sketch
                .Node("Split", "q", "a e", ("axis", 1), ("split", new long[] { 1, 3 }))
                .Node("Unsqueeze", "e", "u", ("axes", new long[] { 0 }))
                .Node("Squeeze", "u", "f", ("axes", new long[] { 0 }))
                .Node("ReduceMean", "f", "g", ("axes", new long[] { 2, 3 }), ("keepdims", 0))
                .Node("Softmax", "g", "h");
        }
        else
        {
            sketch
                .Integers("axes", 2, 3)
                .Node("Split", "q", "a e", ("axis", 1), ("num_outputs", 2))
                .Node("ReduceMean", "e axes", "g", ("keepdims", 0))
                .Node("Softmax", "g", "h", ("axis", 1));
        }

        return sketch.Node("Dropout", "h", "y").Output("y", 0, 3).Output("a");
    }
}
