using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tacit.Cli.Tests.Commands.Runs;

/// <summary>The run.json of a command, with placeholders for values that differ between machines.</summary>
internal static class RunFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Runs a command until it has written its description, and compares the description with the expected one.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="arguments">The command line, the command first.</param>
    /// <param name="folders">Folders whose paths are in the file, with their placeholders.</param>
    public static async Task MatchesAsync(string run, string[] arguments, params (string Path, string Word)[] folders)
    {
        var path = Path.Combine(run, "run.json");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var command = Task.Run(() => CommandRun.OfAsync(stop.Token, arguments), stop.Token);
        while (!command.IsCompleted && !File.Exists(path))
        {
            await Task.Delay(5, stop.Token);
        }

        await stop.CancelAsync();
        var error = (await command).Error;
        Assert.True(File.Exists(path), error);
        Expectation.Matches($"run-{arguments[0]}", Comparable(path, folders));
    }

    private static string Comparable(string path, (string Path, string Word)[] folders)
    {
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        var libraries = json["libraries"]!.AsObject();
        foreach (var name in libraries.Select(library => library.Key).ToList())
        {
            libraries[name] = "VERSION";
        }

        foreach (var input in json["inputs"]!.AsArray())
        {
            Assert.Matches("^[0-9a-f]{64}$", (string?)input!["sha256"]);
            input["sha256"] = "HASH";
        }

        return folders.Aggregate(
            json.ToJsonString(Indented),
            (text, folder) => text.Replace(folder.Path, folder.Word, StringComparison.Ordinal)
        );
    }
}
