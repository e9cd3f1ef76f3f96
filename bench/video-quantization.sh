#!/usr/bin/env bash
# A video encoder and the classifier made of it, in fewer bits without their videos.
#   bench/video-quantization.sh VIDEOS FOLDER
# VIDEOS has the parts train and test. FOLDER gets the encoder (preset tiny), the classifier and their quantised copies; what is there is
# not made again, so the script can be stopped and started at will. One thread; nothing is chosen by the figures.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

[[ $# -ge 2 ]] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
videos=$1 folder=$2
export OMP_NUM_THREADS=1
mkdir -p -- "$folder"
encoder=$folder/pretrained/encoder.onnx classifier=$folder/tuned/classifier.onnx
bench() { dotnet run -c Release --project bench/Tacit.Bench -- "$@"; }

# quantize OUT NETWORK OPTIONS: unless it is there.
quantize() {
  local out=$folder/$1 network=$2
  shift 2
  [[ -s $out ]] || ./tacit quantize "$network" -o "$out" --force --threads 1 "$@" --json >"$out.json"
}

# evaluate NETWORK: a classifier against the float one, unless it was.
evaluate() {
  local out=$folder/$1.evaluation.json
  [[ -s $out ]] || { ./tacit evaluate "$folder/$1" --data "$videos" --against "$classifier" --threads 1 --json >"$out.new" && mv -- "$out.new" "$out"; }
  cat -- "$out"
}

[[ -s $encoder ]] || ./tacit pretrain "$videos" --preset tiny --threads 1 -o "$folder/pretrained" --force
[[ -s $classifier ]] || ./tacit finetune "$encoder" "$videos" --threads 1 -o "$folder/tuned" --force

kept=$folder/classifier-samples.safetensors
quantize classifier-w8a8.onnx "$classifier" --keep-samples "$kept"
quantize classifier-w4a4.onnx "$classifier" --samples-from "$kept" -w 4 -a 4 --weight-storage packed
kept=$folder/encoder-samples.safetensors
quantize encoder-w8a8.onnx "$encoder" --keep-samples "$kept"
for bits in 4 3; do
  quantize "encoder-w${bits}a$bits-rounded.onnx" "$encoder" --samples-from "$kept" -w $bits -a $bits --preset paper --steps 0
  quantize "encoder-w${bits}a$bits.onnx" "$encoder" --samples-from "$kept" -w $bits -a $bits
  quantize "encoder-w${bits}a$bits-clips.onnx" "$encoder" --no-synthesis --calibration "$videos" --calibration-images 140 -w $bits -a $bits
done

evaluate classifier-w8a8.onnx
evaluate classifier-w4a4.onnx
bench features "$videos" "$encoder" "$folder"/encoder-w8a8.onnx "$folder"/encoder-w4a4*.onnx "$folder"/encoder-w3a3*.onnx
bench sessions "$classifier" "$folder/classifier-w8a8.onnx" --threads 1,2 --batch 1,10
