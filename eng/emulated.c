// Runs an ONNX file with one input of known size on fixed noise and prints every output value as it is stored.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "onnxruntime_c_api.h"

static const OrtApi *api;

static void check(OrtStatus *status) {
  if (status != NULL) {
    fprintf(stderr, "%s\n", api->GetErrorMessage(status));
    exit(1);
  }
}

int main(int count, char **arguments) {
  if (count < 3) {
    fprintf(stderr, "usage: run MODEL SIZE...\n");
    return 2;
  }
  api = OrtGetApiBase()->GetApi(ORT_API_VERSION);
  OrtEnv *environment;
  OrtSessionOptions *options;
  OrtSession *session;
  check(api->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "run", &environment));
  check(api->CreateSessionOptions(&options));
  check(api->SetIntraOpNumThreads(options, 1));
  check(api->CreateSession(environment, arguments[1], options, &session));

  int64_t sizes[8];
  int rank = count - 2;
  size_t length = 1;
  for (int i = 0; i < rank; i++) {
    sizes[i] = atoll(arguments[i + 2]);
    length *= (size_t)sizes[i];
  }
  float *noise = malloc(length * sizeof(float));
  uint32_t state = 12345;
  for (size_t i = 0; i < length; i++) {
    float sum = 0;  // of twelve uniform numbers: nearly Gaussian
    for (int j = 0; j < 12; j++) {
      state = state * 1664525u + 1013904223u;
      sum += (float)(state >> 8) / 16777216.0f;
    }
    noise[i] = sum - 6;
  }

  OrtAllocator *allocator;
  char *input, *output;
  OrtMemoryInfo *memory;
  OrtValue *tensor, *result = NULL;
  check(api->GetAllocatorWithDefaultOptions(&allocator));
  check(api->SessionGetInputName(session, 0, allocator, &input));
  check(api->SessionGetOutputName(session, 0, allocator, &output));
  check(api->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));
  check(api->CreateTensorWithDataAsOrtValue(memory, noise, length * sizeof(float), sizes, (size_t)rank, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &tensor));
  const char *inputs[] = {input}, *outputs[] = {output};
  check(api->Run(session, NULL, inputs, (const OrtValue *const *)&tensor, 1, outputs, 1, &result));
  OrtTensorTypeAndShapeInfo *shape;
  size_t values;
  float *data;
  check(api->GetTensorTypeAndShape(result, &shape));
  check(api->GetTensorShapeElementCount(shape, &values));
  check(api->GetTensorMutableData(result, (void **)&data));
  for (size_t i = 0; i < values; i++) {
    printf("%a\n", (double)data[i]);
  }
  return 0;
}
