using Tacit.Graphs;

namespace Tacit.Inference;

/// <summary>The exception that is thrown when a data set cannot be read or does not fit the network.</summary>
public sealed class InvalidDatasetException(string message, Exception? inner = null) : ContentException(message, inner);
