using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tacit.Graphs;
using Tacit.Inference.Video.Clips;

namespace Tacit.Inference.Contracts;

/// <summary>What an ONNX file says of its network in metadata properties whose names begin with "tacit.".</summary>
/// <remarks>Every entry is optional. Entries of other programs are left alone. Texts are in the form of <see cref="CultureInfo.InvariantCulture"/>.</remarks>
/// <example><code>
/// OnnxWriter.Write(new ModelMetadata { Images = new Preprocessing(32, 32), Classes = ["cat", "dog"] }.WriteTo(model), "classifier.onnx");
/// </code></example>
public sealed partial record ModelMetadata
{
    /// <summary>The names of the classes in the order of the outputs, as a JSON array of strings.</summary>
    public const string ClassesKey = "tacit.classes";

    /// <summary>The name of an encoder's network, such as "r3d-18".</summary>
    public const string BackboneKey = "tacit.encoder.backbone";

    /// <summary>How an encoder was pretrained, such as "ascnet"; "none" where it has random weights.</summary>
    public const string MethodKey = "tacit.encoder.method";

    /// <summary>The version of Tacit that quantised the network, such as "0.9.0".</summary>
    public const string VersionKey = "tacit.version";

    /// <summary>The bits that it was quantised to, such as "W4A4" or "mixed, A8".</summary>
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

    /// <summary>How images are prepared: the entries "tacit.input.…".</summary>
    public Preprocessing? Images { get; init; }

    /// <summary>How clips are prepared: the entries "tacit.clip.…".</summary>
    public ClipPreprocessing? Clips { get; init; }

    /// <summary>The names of the classes: <see cref="ClassesKey"/>.</summary>
    public ImmutableArray<string>? Classes { get; init; }

    /// <summary><see cref="BackboneKey"/>.</summary>
    public string? Backbone { get; init; }

    /// <summary><see cref="MethodKey"/>.</summary>
    public string? Method { get; init; }

    /// <summary><see cref="VersionKey"/>.</summary>
    public string? Version { get; init; }

    /// <summary><see cref="BitsKey"/>.</summary>
    public string? Bits { get; init; }

    /// <summary><see cref="PresetKey"/>.</summary>
    public string? Preset { get; init; }

    /// <summary><see cref="SeedKey"/>.</summary>
    public ulong? Seed { get; init; }

    /// <summary><see cref="SourceHashKey"/>.</summary>
    public string? SourceHash { get; init; }

    /// <summary>Reads metadata properties.</summary>
    /// <exception cref="UnsuitableModelException">An entry "tacit.…" is unknown or makes no sense.</exception>
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

    /// <summary>These entries as metadata properties; <see cref="Read"/> gives the same back.</summary>
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

    /// <summary>Whether both give the same metadata properties.</summary>
    public bool Equals(ModelMetadata? other) => other is not null && ToProperties().SequenceEqual(other.ToProperties());

    /// <inheritdoc/>
    public override int GetHashCode() => ToProperties().Aggregate(0, HashCode.Combine);

    /// <summary>A network with these entries set in its metadata; its other entries stay.</summary>
    public Model WriteTo(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Metadata = model.Metadata.SetItems(ToProperties()) };
    }

    // What a part of the entries says; all that may be wrong with it comes as one line.
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

    // Whether any of the keys is there. The others of a part mean nothing without its first.
    private static bool Has(IReadOnlyDictionary<string, string> properties, ImmutableArray<string> keys) =>
        properties.ContainsKey(keys[0]) ? true
        : keys.FirstOrDefault(properties.ContainsKey) is { } orphan ? throw new FormatException($"there is {orphan} but no {keys[0]}")
        : false;

    // The entries without what all of their keys begin with.
    private static string Text(IReadOnlyDictionary<string, string> entries, string prefix) =>
        string.Join(", ", entries.Select(entry => $"{entry.Key[prefix.Length..]} {entry.Value}"));
}
