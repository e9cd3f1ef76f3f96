using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tacit.Graphs.WeightFiles;

/// <summary>The header entry of one tensor.</summary>
/// <param name="Name">The name of the tensor.</param>
/// <param name="Element">The element type.</param>
/// <param name="Sizes">The size of each dimension, outermost first.</param>
/// <param name="Begin">The offset of the first byte from the end of the header.</param>
/// <param name="End">The offset after the last byte from the end of the header.</param>
internal sealed record SafeTensorsEntry(string Name, ElementType Element, long[] Sizes, long Begin, long End);

/// <summary>The header of a .safetensors file, checked against the length of the data.</summary>
/// <remarks>
/// The header is a JSON object. Each property is a tensor with exactly the fields <c>dtype</c> (for example "F32"), <c>shape</c> and
/// <c>data_offsets</c> ([begin, end) in bytes after the header); <c>__metadata__</c> maps names to texts.
/// </remarks>
/// <param name="Entries">The tensors in the order of their byte ranges.</param>
/// <param name="Metadata">The text properties by name.</param>
internal sealed record SafeTensorsHeader(ImmutableArray<SafeTensorsEntry> Entries, ImmutableSortedDictionary<string, string> Metadata)
{
    private const string MetadataName = "__metadata__";
    private const int MaxRank = 64;

    private static readonly ImmutableSortedDictionary<string, ElementType> Types = new Dictionary<string, ElementType>(
        StringComparer.Ordinal
    )
    {
        ["BOOL"] = ElementType.Boolean,
        ["U8"] = ElementType.UInt8,
        ["I8"] = ElementType.Int8,
        ["U16"] = ElementType.UInt16,
        ["I16"] = ElementType.Int16,
        ["F16"] = ElementType.Float16,
        ["BF16"] = ElementType.BFloat16,
        ["U32"] = ElementType.UInt32,
        ["I32"] = ElementType.Int32,
        ["F32"] = ElementType.Float32,
        ["U64"] = ElementType.UInt64,
        ["I64"] = ElementType.Int64,
        ["F64"] = ElementType.Float64,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static readonly ImmutableDictionary<ElementType, string> TypeNames = Types.ToImmutableDictionary(
        type => type.Value,
        type => type.Key
    );

    /// <summary>Parses a header and checks that the byte ranges cover the data without gaps or overlaps.</summary>
    /// <param name="path">The path of the file, for errors.</param>
    /// <param name="json">The bytes of the header.</param>
    /// <param name="dataLength">The number of bytes after the header.</param>
    /// <exception cref="InvalidFileException">The header is malformed, or the ranges do not cover the data.</exception>
    public static SafeTensorsHeader Parse(string path, byte[] json, long dataLength)
    {
        var entries = ImmutableArray.CreateBuilder<SafeTensorsEntry>();
        var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var document = ParseJson(path, json);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            var name = Text(path, () => property.Name);
            if (!names.Add(name))
            {
                throw SafeTensorsErrors.InvalidTensor(path, name, "is there twice");
            }

            if (name == MetadataName)
            {
                AddMetadata(path, property.Value, metadata);
            }
            else
            {
                entries.Add(ParseEntry(path, name, property.Value));
            }
        }

        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        CheckRanges(path, entries, dataLength);
        return new SafeTensorsHeader(entries.ToImmutable(), metadata.ToImmutable());
    }

    /// <summary>
    /// Formats the header for tensors that are stored one after another. It is padded with spaces to a multiple of eight bytes.
    /// </summary>
    /// <param name="tensors">The tensors by name, in the order of their data.</param>
    /// <param name="metadata">Text properties by name.</param>
    /// <exception cref="ArgumentException">
    /// The format does not support an element type, a name is reserved or occurs twice, or the header is too long.
    /// </exception>
    public static byte[] Format(IReadOnlyList<KeyValuePair<string, TensorData>> tensors, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            FormatMetadata(writer, metadata);
            var names = new HashSet<string>(StringComparer.Ordinal) { MetadataName };
            var offset = 0L;
            foreach (var (name, tensor) in tensors)
            {
                if (!names.Add(name))
                {
                    throw new ArgumentException($"the name {name} is taken", nameof(tensors));
                }

                FormatEntry(writer, name, tensor, ref offset);
            }

            writer.WriteEndObject();
        }

        while (buffer.Length % SafeTensors.LengthBytes != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.Length <= SafeTensors.MaxHeaderBytes
            ? buffer.ToArray()
            : throw new ArgumentException(
                $"the header takes {buffer.Length} bytes, more than {SafeTensors.MaxHeaderBytes}",
                nameof(tensors)
            );
    }

    /// <summary>Writes the text properties sorted by name; nothing if there are none.</summary>
    private static void FormatMetadata(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var ordered = metadata.OrderBy(text => text.Key, StringComparer.Ordinal).ToList();
        if (ordered.Count == 0)
        {
            return;
        }

        writer.WriteStartObject(MetadataName);
        foreach (var (name, text) in ordered)
        {
            writer.WriteString(name, text);
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes the entry of a tensor and advances the offset by its bytes.</summary>
    private static void FormatEntry(Utf8JsonWriter writer, string name, TensorData tensor, ref long offset)
    {
        if (!TypeNames.TryGetValue(tensor.Element, out var type))
        {
            throw new ArgumentException($"the tensor {name} is {tensor.Element}, which .safetensors does not have", nameof(tensor));
        }

        writer.WriteStartObject(name);
        writer.WriteString("dtype", type);
        writer.WriteStartArray("shape");
        foreach (var size in tensor.Sizes)
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(offset);
        writer.WriteNumberValue(offset += tensor.Bytes.Length);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>
    /// Parses the header, which must be valid UTF-8 and start with "{" without white space, as the specification requires.
    /// </summary>
    private static JsonDocument ParseJson(string path, byte[] json)
    {
        if (json.Length == 0 || json[0] != (byte)'{')
        {
            throw SafeTensorsErrors.Invalid(path, "its header is not a JSON object", SafeTensors.LengthBytes);
        }

        try
        {
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetCharCount(json);
            return JsonDocument.Parse(json);
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            throw SafeTensorsErrors.Invalid(path, "its header is not valid JSON", SafeTensors.LengthBytes, e);
        }
    }

    private static void AddMetadata(string path, JsonElement element, ImmutableSortedDictionary<string, string>.Builder metadata)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw SafeTensorsErrors.Invalid(path, $"its {MetadataName} is not an object of strings");
        }

        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
            {
                throw SafeTensorsErrors.Invalid(path, $"its {MetadataName} holds something that is not a string");
            }

            metadata[Text(path, () => property.Name)] = Text(path, () => property.Value.GetString()!);
        }
    }

    /// <summary>Parses the entry of a tensor. The byte range must match the element type and the shape.</summary>
    private static SafeTensorsEntry ParseEntry(string path, string name, JsonElement element)
    {
        if (
            element.ValueKind != JsonValueKind.Object
            || element.EnumerateObject().Count() != 3
            || !element.TryGetProperty("dtype", out var dtype)
            || !element.TryGetProperty("shape", out var shape)
            || !element.TryGetProperty("data_offsets", out var offsets)
        )
        {
            throw SafeTensorsErrors.InvalidTensor(path, name, "needs dtype, shape and data_offsets, and nothing else");
        }

        var type = dtype.ValueKind == JsonValueKind.String ? Text(path, () => dtype.GetString()!) : dtype.ValueKind.ToString();
        if (!Types.TryGetValue(type, out var elementType))
        {
            throw SafeTensorsErrors.InvalidTensor(path, name, $"has an unknown type; known are {string.Join(", ", Types.Keys)}");
        }

        var sizes = Numbers(shape);
        var range = Numbers(offsets);
        if (sizes is null || sizes.Length > MaxRank)
        {
            throw SafeTensorsErrors.InvalidTensor(path, name, $"has a shape that is not a list of at most {MaxRank} sizes");
        }

        if (range is not [var begin, var end] || begin > end)
        {
            throw SafeTensorsErrors.InvalidTensor(path, name, "has data_offsets that are not a begin and an end");
        }

        if (end - begin > Array.MaxLength)
        {
            throw SafeTensorsErrors.InvalidTensor(path, name, $"takes {end - begin} bytes; more than {Array.MaxLength} cannot be read");
        }

        var bytes = ByteCount(elementType, sizes);
        return bytes == end - begin
            ? new SafeTensorsEntry(name, elementType, sizes, begin, end)
            : throw SafeTensorsErrors.InvalidTensor(
                path,
                name,
                $"of type {type} and its shape does not fit the {end - begin} bytes it is given"
            );
    }

    /// <summary>Returns the number of bytes of a tensor; null if it exceeds 64 bits.</summary>
    private static long? ByteCount(ElementType element, long[] sizes)
    {
        try
        {
            return element.Bytes(sizes.Aggregate(1L, (product, size) => checked(product * size)));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>Returns an array of non-negative integers; null if the element is anything else.</summary>
    private static long[]? Numbers(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var numbers = new long[element.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (element[i].ValueKind != JsonValueKind.Number || !element[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
            {
                return null;
            }
        }

        return numbers;
    }

    /// <summary>Verifies that the ranges follow each other without gaps or overlaps and end with the file.</summary>
    private static void CheckRanges(string path, IReadOnlyList<SafeTensorsEntry> entries, long dataLength)
    {
        var end = 0L;
        foreach (var entry in entries)
        {
            if (entry.End > dataLength)
            {
                throw SafeTensorsErrors.InvalidTensor(path, entry.Name, $"ends {entry.End - dataLength} bytes past the end of the file");
            }

            if (entry.Begin != end)
            {
                throw SafeTensorsErrors.InvalidTensor(path, entry.Name, entry.Begin < end ? "overlaps another" : "leaves a gap before it");
            }

            end = entry.End;
        }

        if (end != dataLength)
        {
            throw SafeTensorsErrors.Invalid(path, $"{dataLength - end} bytes at its end belong to no tensor");
        }
    }

    /// <summary>Reads a text. An escaped unpaired surrogate is valid JSON but not valid text.</summary>
    private static string Text(string path, Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException e)
        {
            throw SafeTensorsErrors.Invalid(path, "its header holds a string that is not Unicode", SafeTensors.LengthBytes, e);
        }
    }
}
