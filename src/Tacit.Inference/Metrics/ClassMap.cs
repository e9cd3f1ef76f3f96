using System.Collections.Immutable;
using System.Globalization;
using Tacit.Inference.Images;

namespace Tacit.Inference.Metrics;

/// <summary>Maps the classes of a set of images to the outputs of a network.</summary>
/// <param name="Names">The name of each output of the network.</param>
/// <param name="OutputOfClass">The index of the output for each class of the set.</param>
internal sealed record ClassMap(ImmutableArray<string> Names, ImmutableArray<int> OutputOfClass)
{
    /// <summary>
    /// Maps by name if the network states the names of its classes and they include all classes of the set, otherwise by order.
    /// </summary>
    /// <param name="images">The set of images.</param>
    /// <param name="outputs">The number of outputs of the network.</param>
    /// <param name="modelClasses">The class names that the network states; empty if it states none.</param>
    /// <param name="model">The name of the network, for messages.</param>
    /// <exception cref="InvalidDatasetException">
    /// The names do not match, and the number of class folders differs from the number of outputs.
    /// </exception>
    public static ClassMap Of(LabelledImages images, int outputs, ImmutableArray<string> modelClasses, string model)
    {
        var byName = modelClasses.Length == outputs && modelClasses.Distinct(StringComparer.Ordinal).Count() == outputs;
        if (byName && !images.Classes.Except(modelClasses, StringComparer.Ordinal).Any())
        {
            return new ClassMap(modelClasses, [.. images.Classes.Select(name => modelClasses.IndexOf(name))]);
        }

        if (images.Classes.Length == outputs)
        {
            return new ClassMap(images.Classes, [.. Enumerable.Range(0, outputs)]);
        }

        throw new InvalidDatasetException(
            $"{images.Path} has {Count(images.Classes.Length, "class folder")}, {model} has {Count(outputs, "output")}: "
                + "the folders in alphabetical order are the outputs, so there must be one for each (it may be empty)"
        )
        {
            Path = images.Path,
        };
    }

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
