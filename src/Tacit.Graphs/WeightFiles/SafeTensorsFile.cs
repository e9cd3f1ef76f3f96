using System.Collections.Immutable;

namespace Tacit.Graphs.WeightFiles;

/// <summary>The contents of a .safetensors file.</summary>
/// <param name="Tensors">The tensors by name.</param>
/// <param name="Metadata">The texts that the file carries beside them, by name.</param>
public sealed record SafeTensorsFile(IReadOnlyDictionary<string, TensorData> Tensors, ImmutableSortedDictionary<string, string> Metadata);
