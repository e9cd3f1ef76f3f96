using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tacit.Graphs;
using Tacit.Inference.Video.Clips;

namespace Tacit.Inference.Contracts;

/// <summary>The statements of an ONNX file about its network, in metadata properties whose names begin with "tacit.".</summary>
/// <remarks>
/// Every entry is optional. Entries of other programs are kept. Numbers are formatted with <see cref="CultureInfo.InvariantCulture"/>.
/// </remarks>
/// <example><code>
/// OnnxWriter.Write(new ModelMetadata { Images = new Preprocessing(32, 32), Classes = ["cat", "dog"] }.WriteTo(model), "classifier.onnx");
/// </code></example>
public sealed partial record ModelMetadata
{
    /// <summary>The names of the classes in the order of the outputs, as a JSON array of strings.</summary>
    public const string ClassesKey = "tacit.classes";

    /// <summary>The name of an encoder's network, such as "r3d-18".</summary>
    public const string BackboneKey = "tacit.encoder.backbone";

    /// <summary>The method with which an encoder was pretrained, such as "ascnet"; "none" for random weights.</summary>
    public const string MethodKey = "tacit.encoder.method";

    /// <summary>The version of Tacit that quantised the network, such as "0.9.0".</summary>
    public const string VersionKey = "tacit.version";

    /// <summary>The bits of the quantised network, such as "W4A4" or "mixed, A8".</summary>
    public const string BitsKey = "tacit.bits";

    /// <summary>The preset of the quantisation, such as "fast".</summary>
    public const string PresetKey = "tacit.preset";

    /// <summary>The seed of the quantisation.</summary>
    public const string SeedKey = "tacit.seed";

    /// <summary>The SHA-256 of the file that was quantised, in lower-case hexadecimal digits.</summary>
    public const string SourceHashKey = "tacit.source.sha256";

    private const string Prefix = "tacit.";

    private static readonly ImmutableHashSet<string> Known =
    [
        .. ImageKeys,
        .. ClipKeys,
        ClassesKey,
        BackboneKey,
        MethodKey,
        VersionKey,
        BitsKey,
        PresetKey,
        SeedKey,
        SourceHashKey,
    ];

    /// <summary>The preprocessing of images, from the entries "tacit.input.…"; null if the file does not state it.</summary>
    public Preprocessing? Images { get; init; }

    /// <summary>The preprocessing of clips, from the entries "tacit.clip.…"; null if the file does not state it.</summary>
    public ClipPreprocessing? Clips { get; init; }

    /// <summary>
    /// The names of the classes in the order of the outputs (<see cref="ClassesKey"/>); null if the file does not state them.
    /// </summary>
    public ImmutableArray<string>? Classes { get; init; }

    /// <summary>The name of an encoder's network (<see cref="BackboneKey"/>); null if it is unknown.</summary>
    public string? Backbone { get; init; }

    /// <summary>The method with which an encoder was pretrained (<see cref="MethodKey"/>); null if it is unknown.</summary>
    public string? Method { get; init; }

    /// <summary>
    /// The version of Tacit that quantised the network (<see cref="VersionKey"/>); null for a network that is not quantised.
    /// </summary>
    public string? Version { get; init; }

    /// <summary>The bits of the quantised network (<see cref="BitsKey"/>); null for a network that is not quantised.</summary>
    public string? Bits { get; init; }

    /// <summary>The preset of the quantisation (<see cref="PresetKey"/>); null for a network that is not quantised.</summary>
    public string? Preset { get; init; }

    /// <summary>The seed of the quantisation (<see cref="SeedKey"/>); null for a network that is not quantised.</summary>
    public ulong? Seed { get; init; }

    /// <summary>
    /// The SHA-256 hash of the file that was quantised (<see cref="SourceHashKey"/>); null for a network that is not quantised.
    /// </summary>
    public string? SourceHash { get; init; }

    /// <summary>Reads metadata properties.</summary>
    /// <param name="properties">The properties of a file. Names that do not begin with "tacit." are ignored.</param>
    /// <exception cref="UnsuitableModelException">An entry "tacit.…" is unknown or has an invalid value.</exception>
    public static ModelMetadata Read(IReadOnlyDictionary<string, string> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        var unknown = properties
            .Keys.Where(key => key.StartsWith(Prefix, StringComparison.Ordinal) && !Known.Contains(key))
            .Order()
            .ToList();
        return unknown is [var first, ..]
            ? throw new UnsuitableModelException(
                $"the model's metadata has the entry {first}, which this version of Tacit does not know; use the version that wrote the file, or remove the entry"
            )
            : new ModelMetadata
            {
                Images = Part("input", properties, ReadImages),
                Clips = Part("clips", properties, ReadClips),
                Classes = Part("classes", properties, ReadClasses),
                Backbone = properties.GetValueOrDefault(BackboneKey),
                Method = properties.GetValueOrDefault(MethodKey),
                Version = properties.GetValueOrDefault(VersionKey),
                Bits = properties.GetValueOrDefault(BitsKey),
                Preset = properties.GetValueOrDefault(PresetKey),
                Seed = Part("quantisation", properties, ReadSeed),
                SourceHash = properties.GetValueOrDefault(SourceHashKey),
            };
    }

    /// <summary>Returns these entries as metadata properties. <see cref="Read"/> restores the same entries.</summary>
    public ImmutableSortedDictionary<string, string> ToProperties()
    {
        var entries = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (Images is not null)
        {
            entries.AddRange(Write(Images));
        }

        if (Clips is not null)
        {
            entries.AddRange(Write(Clips));
        }

        Add(ClassesKey, Classes is { } classes ? JsonSerializer.Serialize(classes) : null);
        Add(BackboneKey, Backbone);
        Add(MethodKey, Method);
        Add(VersionKey, Version);
        Add(BitsKey, Bits);
        Add(PresetKey, Preset);
        Add(SeedKey, Seed?.ToString(CultureInfo.InvariantCulture));
        Add(SourceHashKey, SourceHash);
        return entries.ToImmutable();

        void Add(string key, string? text)
        {
            if (text is not null)
            {
                entries.Add(key, text);
            }
        }
    }

    /// <summary>Returns whether both have the same metadata properties.</summary>
    public bool Equals(ModelMetadata? other) => other is not null && ToProperties().SequenceEqual(other.ToProperties());

    /// <inheritdoc/>
    public override int GetHashCode() => ToProperties().Aggregate(0, HashCode.Combine);

    /// <summary>Returns a network with these entries in its metadata. Other entries are kept.</summary>
    /// <param name="model">The network.</param>
    public Model WriteTo(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Metadata = model.Metadata.SetItems(ToProperties()) };
    }

    // Reads a part of the entries. Every error in it becomes an exception with one line.
    private static T? Part<T>(
        string name,
        IReadOnlyDictionary<string, string> properties,
        Func<IReadOnlyDictionary<string, string>, T?> read
    )
    {
        try
        {
            return read(properties);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            var reason = exception.Message.Split('\n')[0].Split(" (Parameter")[0];
            throw new UnsuitableModelException($"the model's metadata on its {name} is not valid: {reason}", exception);
        }
    }

    private static ImmutableArray<string>? ReadClasses(IReadOnlyDictionary<string, string> properties)
    {
        if (!properties.TryGetValue(ClassesKey, out var json))
        {
            return null;
        }

        string?[]? names;
        try
        {
            names = JsonSerializer.Deserialize<string?[]>(json);
        }
        catch (JsonException)
        {
            names = null;
        }

        return names is not null && !names.Contains(null)
            ? [.. names.OfType<string>()]
            : throw new FormatException($"{ClassesKey} is not a JSON array of strings");
    }

    private static ulong? ReadSeed(IReadOnlyDictionary<string, string> properties) =>
        !properties.TryGetValue(SeedKey, out var text) ? null
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed
        : throw new FormatException($"{SeedKey} is \"{text}\", not a whole number");

    private static ChannelTriple Triple(IReadOnlyDictionary<string, string> properties, string key, ChannelTriple absent) =>
        !properties.TryGetValue(key, out var text) ? absent
        : ChannelTriple.TryParse(text, out var triple) ? triple
        : throw new FormatException($"{key} is \"{text}\", not three numbers joined by commas");

    private static ColorOrder Order(IReadOnlyDictionary<string, string> properties, string key) =>
        properties.GetValueOrDefault(key, "RGB") switch
        {
            "RGB" => ColorOrder.RGB,
            "BGR" => ColorOrder.BGR,
            var text => throw new FormatException($"{key} is \"{text}\", not RGB or BGR"),
        };

    private static bool Whole(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Returns whether any of the keys is present. The other keys of a part have no meaning without the first.
    private static bool Has(IReadOnlyDictionary<string, string> properties, ImmutableArray<string> keys) =>
        properties.ContainsKey(keys[0]) ? true
        : keys.FirstOrDefault(properties.ContainsKey) is { } orphan ? throw new FormatException($"there is {orphan} but no {keys[0]}")
        : false;

    // Returns the entries without the common prefix of their keys.
    private static string Text(IReadOnlyDictionary<string, string> entries, string prefix) =>
        string.Join(", ", entries.Select(entry => $"{entry.Key[prefix.Length..]} {entry.Value}"));
}
