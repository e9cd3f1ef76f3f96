namespace Tacit.Graphs.WeightFiles;

/// <summary>Reads the weights of a network from any file that holds them by name: .safetensors, or what torch.save wrote.</summary>
/// <remarks>
/// The format is found out from the content; the name of the file does not matter. Of a PyTorch file the state dict is read: at the
/// top, or under one of the names that training scripts give it, such as "state_dict". Code that a file asks to run is refused.
/// </remarks>
/// <example><code>
/// IReadOnlyDictionary&lt;string, TensorData&gt; weights = WeightFile.Read("resnet20.pth"); // "conv1.weight": Float32 16 x 3 x 3 x 3 …
/// </code></example>
public static class WeightFile
{
    private const int HeadBytes = SafeTensors.LengthBytes + 1;

    /// <summary>Reads a file.</summary>
    /// <returns>The tensors by name, each of the type that it is stored in.</returns>
    /// <exception cref="InvalidFileException">The file is damaged, holds no weights, or asks to run code.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, TensorData> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        var head = new byte[HeadBytes];
        head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        stream.Position = 0;
        return head switch
        {
            // A header of less than 4 GB, and the JSON object that it is.
            [_, _, _, _, 0, 0, 0, 0, (byte)'{'] => SafeTensors.Read(path).Tensors,
            [(byte)'P', (byte)'K', 3, 4, ..] => PyTorchZip.Read(stream, new PyTorchSource(path)),
            [(byte)PickleOpcode.Protocol, ..] => PyTorchStream.Read(stream, new PyTorchSource(path)),
            [] => throw Unknown("it is empty"),
            _ => throw Unknown("it is neither .safetensors nor what torch.save writes"),
        };

        InvalidFileException Unknown(string why) => new($"{path} holds no weights that can be read: {why}") { Path = path };
    }
}
