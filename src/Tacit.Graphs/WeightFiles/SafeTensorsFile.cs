using System.Collections.Immutable;

namespace Tacit.Graphs.WeightFiles;

/// <summary>The contents of a .safetensors file.</summary>
/// <param name="Tensors">The tensors by name.</param>
/// <param name="Metadata">The text properties by name; empty when the file has none.</param>
public sealed record SafeTensorsFile(IReadOnlyDictionary<string, TensorData> Tensors, ImmutableSortedDictionary<string, string> Metadata);
