using System.Collections.Immutable;
using System.Globalization;
using Tacit.Graphs;
using Tacit.Inference.Images;

namespace Tacit.Inference.Metrics;

// Which output of a network each class of a set of images is.
internal sealed record ClassMap(ImmutableArray<string> Names, ImmutableArray<int> OutputOfClass)
{
    // By name where the network says its classes' names, else by order, which needs a folder for every output.
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
