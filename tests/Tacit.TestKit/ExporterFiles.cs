namespace Tacit.TestKit;

/// <summary>Small networks in the exact forms of exporters that are not installed, written by exporters.py.</summary>
public static class ExporterFiles
{
    /// <summary>Returns the path of a network by its name, such as "dynamo".</summary>
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Exporters", name + ".onnx");
}
