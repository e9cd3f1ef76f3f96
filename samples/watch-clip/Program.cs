using System.Globalization;
using Tacit.Graphs;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Clips;

// Says what happens in a video, and how long its embedding is. Needs Tacit.Inference and the program ffmpeg, and nothing that trains.
//
//   dotnet run -c Release --project samples/watch-clip -- classifier.onnx encoder.onnx VIDEO

if (args is not [var classifierPath, var encoderPath, var video])
{
    Console.Error.WriteLine("usage: watch-clip classifier.onnx encoder.onnx VIDEO");
    return 2;
}

try
{
    using var classifier = OnnxSession.Open(classifierPath);
    using var encoder = OnnxSession.Open(encoderPath);
    var best = (await new ClipClassifier(classifier).ClassifyAsync(video))[0];
    float[] embedding = await new VideoEncoder(encoder).EncodeAsync(video);
    Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{best.Label} ({best.Probability:P1}), an embedding of {embedding.Length} numbers")
    );
    return 0;
}
catch (Exception e) when (e is ContentException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return 3;
}
