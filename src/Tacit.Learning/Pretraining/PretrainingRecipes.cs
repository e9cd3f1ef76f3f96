using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Pretraining.Baselines;
using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Learning.Pretraining;

/// <summary>Lists the methods that the command line and stored options can name.</summary>
public static class PretrainingRecipes
{
    /// <summary>All methods with their default options. The first one, ASCNet, is the default.</summary>
    public static ImmutableArray<PretrainingRecipe> All { get; } =
    [new AscNetRecipe(), new ByolRecipe(), new SimSiamRecipe(), new RspNetRecipe()];

    /// <summary>Returns the method of a name, for example "ascnet"; null if there is none.</summary>
    public static PretrainingRecipe? Find(string? name) => All.FirstOrDefault(recipe => recipe.Name == name);
}

/// <summary>Converts recipes to and from JSON objects: the property "name", then all options that can be set.</summary>
internal sealed class RecipeJson : JsonConverter<PretrainingRecipe>
{
    private const string NameProperty = "name";

    /// <inheritdoc/>
    /// <exception cref="JsonException">The value is not an object, or names an unknown method.</exception>
    public override PretrainingRecipe? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonNode.Parse(ref reader) as JsonObject ?? throw new JsonException("a method must be an object");
        var name = (string?)json[NameProperty];
        json.Remove(NameProperty);
        return PretrainingRecipes.Find(name) is { } recipe
            ? (PretrainingRecipe?)json.Deserialize(recipe.GetType(), options)
            : throw new JsonException(
                $"there is no method {name}; there are {string.Join(", ", PretrainingRecipes.All.Select(r => r.Name))}"
            );
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PretrainingRecipe value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(NameProperty, value.Name);
        foreach (var option in options.GetTypeInfo(value.GetType()).Properties.Where(property => property.Set is not null))
        {
            writer.WritePropertyName(option.Name);
            JsonSerializer.Serialize(writer, option.Get!(value), option.PropertyType, options);
        }

        writer.WriteEndObject();
    }
}
