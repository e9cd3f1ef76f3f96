namespace Tacit.Graphs.WeightFiles;

/// <summary>Reads named weights from a .safetensors file or a file written by torch.save.</summary>
/// <remarks>
/// The format is detected from the content, not the file name. From a PyTorch file, the state dict is read: the object itself, or an entry
/// under a common key such as "state_dict". A file that tries to run code is rejected.
/// </remarks>
/// <example>
/// <code>
/// var weights = WeightFile.Read("resnet20.pth");
/// Console.WriteLine(weights["conv1.weight"]);   // Float32 16 x 3 x 3 x 3
/// </code>
/// </example>
public static class WeightFile
{
    private const int HeadBytes = SafeTensors.LengthBytes + 1;

    /// <summary>Reads the weights of a file into memory.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>The tensors by name, in their stored element types.</returns>
    /// <exception cref="InvalidFileException">The file is damaged, contains no weights, or tries to run code.</exception>
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
            // The length of a header below 4 GB, followed by the start of a JSON object.
            [_, _, _, _, 0, 0, 0, 0, (byte)'{'] => SafeTensors.Read(path).Tensors,
            [(byte)'P', (byte)'K', 3, 4, ..] => PyTorchZip.Read(stream, new PyTorchSource(path)),
            [(byte)PickleOpcode.Protocol, ..] => PyTorchStream.Read(stream, new PyTorchSource(path)),
            [] => throw Unknown("it is empty"),
            _ => throw Unknown("it is neither .safetensors nor what torch.save writes"),
        };

        InvalidFileException Unknown(string why) => new($"{path} holds no weights that can be read: {why}") { Path = path };
    }
}
