using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Tacit.Graphs;

namespace Tacit.Learning.Runs;

/// <summary>Options as JSON that says what it is: every saved object carries <c>_type</c> and <c>_version</c>.</summary>
public static class OptionsJson
{
    internal const string TypeProperty = "_type";
    internal const string VersionProperty = "_version";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Writes an options record.</summary>
    /// <param name="options">The options: public properties that are read and initialised.</param>
    /// <param name="version">The version of the record's form, from 1; raised when a property changes its meaning.</param>
    public static JsonObject ToJson<T>(T options, int version = 1)
        where T : notnull
    {
        var json = new JsonObject { [TypeProperty] = typeof(T).Name, [VersionProperty] = version };
        foreach (var (name, value) in JsonSerializer.SerializeToNode(options, Format)!.AsObject())
        {
            json[name] = value?.DeepClone();
        }

        return json;
    }

    /// <summary>The options as names and values, those of nested options by path, such as "optimizer.learningRate"; in order of the JSON.</summary>
    /// <remarks>What says the type and version is left out.</remarks>
    public static IEnumerable<(string Name, JsonNode? Value)> Flatten(JsonObject options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options
            .Where(option => option.Key is not (TypeProperty or VersionProperty))
            .SelectMany(option =>
                option.Value is JsonObject { Count: > 0 } nested
                    ? Flatten(nested).Select(inner => ($"{option.Key}.{inner.Name}", inner.Value))
                    : [(option.Key, option.Value)]
            );
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The options.</param>
    /// <param name="version">The version that this program knows.</param>
    /// <param name="path">The file that they are from, for messages.</param>
    /// <exception cref="InvalidFileException">They are of another type or version, or a value is not allowed.</exception>
    public static T FromJson<T>(JsonObject json, int version = 1, string? path = null)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(json);
        var (type, found) = (json[TypeProperty]?.ToJsonString(), json[VersionProperty]?.ToJsonString());
        if (type != $"\"{typeof(T).Name}\"" || found != $"{version}")
        {
            throw Invalid($"they are {type ?? "of no type"} of version {found ?? "none"}, not {typeof(T).Name} of version {version}");
        }

        try
        {
            var properties = json.Where(property => property.Key is not (TypeProperty or VersionProperty));
            var bare = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone())));
            return bare.Deserialize<T>(Format) ?? throw Invalid("they are null");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw Invalid(e.Message.ReplaceLineEndings(" "), e);
        }

        InvalidFileException Invalid(string reason, Exception? inner = null) =>
            new($"the options{(path is null ? "" : $" in {path}")} cannot be used: {reason}", inner) { Path = path };
    }
}
