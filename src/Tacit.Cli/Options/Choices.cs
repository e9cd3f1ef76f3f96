using System.CommandLine;

namespace Tacit.Cli.Options;

/// <summary>Options that take one of a few words.</summary>
internal static class Choices
{
    /// <summary>An option whose default is the first word.</summary>
    public static Option<string> Of(string name, string description, params string[] words)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => words[0],
        };
        option.CompletionSources.Add(words);
        option.CustomParser = result =>
        {
            var word = result.Tokens[0].Value;
            if (!words.Contains(word))
            {
                result.AddError($"{name} is one of {string.Join(", ", words)}, not {word}");
            }

            return word;
        };
        return option;
    }
}
