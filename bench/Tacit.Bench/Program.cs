using System.CommandLine;
using Tacit.Bench;

const int usageError = 2;
var parsed = new RootCommand("Measurements of Tacit. bench/README.md says how to read them.")
{
    SessionsCommand.Create(),
    ConformanceCommand.Create(),
    BackendCommand.Create(),
    ZooCommand.Create(),
    StepsCommand.Create(),
    SpritesCommand.Create(),
    ClipsCommand.Create(),
    FeaturesCommand.Create(),
    FuzzCommand.Create(),
    BoxesCommand.Create(),
    VideoMatrixCommand.Create(),
}.Parse(args);
var exitCode = parsed.Invoke();
return parsed.Errors.Count > 0 ? usageError : exitCode;
