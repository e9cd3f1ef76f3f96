namespace Tacit.TestKit;

/// <summary>Small networks in the exact forms of exporters that are not at hand; exporters.py wrote them.</summary>
public static class ExporterFiles
{
    /// <summary>The path of one, such as "dynamo".</summary>
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Exporters", name + ".onnx");
}
