using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tacit.Cli.Tests.Commands.Runs;

/// <summary>What a verb writes into run.json, with fixed words for what differs between machines.</summary>
internal static class RunFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Runs a command until it has described its run, and compares the description with what is kept.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="arguments">The command line, the verb first.</param>
    /// <param name="folders">Folders whose paths are in the file, with the words for them.</param>
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
