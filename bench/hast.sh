#!/usr/bin/env bash
# Accuracy of zero-shot quantization on a labelled test set, as a user would measure it: through ./tacit alone.
#   bench/hast.sh accuracy MODEL TEST [SEEDS]   W8A8, W4A4 and W3A3 of the preset fast, one synthesis for each seed
#   bench/hast.sh ablation MODEL TEST           W3A3, 300 steps: what each part of HAST adds
#   bench/hast.sh calibration MODEL TEST IMAGES W4A4 with 64 images from IMAGES beside the samples and alone, against none
#   bench/hast.sh bits MODEL TEST               bits chosen for each layer against 3 bits for all, in files of the same size
#   bench/hast.sh table KIND                    the figures so far, as a table
# Every figure is one line of artifacts/hast/KIND.jsonl. What is there is not computed again, so the script can be stopped
# and started at will. The test set is only reported on: nothing is chosen by it.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

work=artifacts/hast
prep=(--mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --size 32)
mkdir -p "$work"

# field NAME JSON: a number out of a flat JSON object
field() { grep -oE "\"$1\": ?-?[0-9.eE+-]+" <<<"$2" | head -1 | grep -oE -- '-?[0-9.eE+-]+$'; }

# arm KIND ARM SEED OPTION...: quantise, evaluate, write down
arm() {
  local kind=$1 name=$2 seed=$3
  shift 3
  local key="\"arm\": \"$name\", \"seed\": $seed,"
  grep -qF "$key" "$work/$kind.jsonl" 2>/dev/null && return
  local out=$work/$kind-${name//[^a-zA-Z0-9]/-}-$seed.onnx quantized evaluated
  echo "$kind: $name, seed $seed" >&2
  quantized=$(./tacit quantize "$model" --seed "$seed" --force -o "$out" "${prep[@]}" "$@" --json)
  evaluated=$(./tacit evaluate "$out" --data "$data" --json)
  printf '{%s "top1": %s, "agreement": %s, "rounding": %s, "simulation_vs_runtime": %s, "bytes": %s, "seconds": %s}\n' "$key" \
    "$(field top1 "$evaluated")" "$(field agreement "$quantized")" "$(field agreement_rounding "$quantized")" \
    "$(field simulation_vs_runtime "$quantized")" "$(field bytes_after "$quantized")" "$(field seconds "$quantized")" >>"$work/$kind.jsonl"
}

float() {
  local kind=$1
  grep -qF '"arm": "float"' "$work/$kind.jsonl" 2>/dev/null && return
  local evaluated
  evaluated=$(./tacit evaluate "$model" --data "$data" "${prep[@]}" --json)
  printf '{"arm": "float", "seed": 0, "top1": %s}\n' "$(field top1 "$evaluated")" >>"$work/$kind.jsonl"
}

# synthesis NAME SEED OPTION...: a sample set, made once
synthesis() {
  samples=$work/$1-$2.safetensors
  [[ -e $samples ]] && return
  local name=$1 seed=$2
  shift 2
  echo "synthesis: $name, seed $seed" >&2
  local folder=$work/$name-$seed started=$SECONDS
  rm -rf -- "$folder"
  ./tacit synthesize "$model" --seed "$seed" -o "$folder" "${prep[@]}" "$@" --json >/dev/null
  printf '{"arm": "synthesis %s", "seed": %s, "seconds": %s}\n' "$name" "$seed" "$((SECONDS - started))" >>"$work/synthesis.jsonl"
  mv -- "$folder/samples.safetensors" "$samples"
}

accuracy() {
  float accuracy
  for seed in ${1:-0 1 2}; do
    synthesis hard "$seed"
    for bits in 8 4 3; do
      arm accuracy "W${bits}A$bits" "$seed" -w "$bits" -a "$bits" --preset fast --samples-from "$samples"
    done
  done
}

ablation() {
  float ablation
  local common=(-w 3 -a 3 --preset fast)
  for seed in 0 1 2; do
    synthesis hard "$seed"
    arm ablation 'rounding' "$seed" "${common[@]}" --samples-from "$samples" --steps 0
    arm ablation '+ feature alignment (all of HAST)' "$seed" "${common[@]}" --samples-from "$samples" --steps 300
  done
  synthesis hard 0
  arm ablation '+ promotion' 0 "${common[@]}" --samples-from "$samples" --steps 300 --no-feature-alignment
  arm ablation '+ hard samples' 0 "${common[@]}" --samples-from "$samples" --steps 300 --no-feature-alignment --no-promotion
  synthesis statistics 0 --no-hard-samples
  arm ablation 'statistics-only samples' 0 "${common[@]}" --samples-from "$samples" --steps 300 --no-feature-alignment --no-promotion
}

calibration() {
  float calibration
  local common=(-w 4 -a 4 --preset fast) images=(--calibration "$1" --calibration-images 64)
  for seed in 0 1 2; do
    synthesis hard "$seed"
    arm calibration 'zero-shot' "$seed" "${common[@]}" --samples-from "$samples"
    arm calibration '64 images beside the samples' "$seed" "${common[@]}" "${images[@]}" --samples-from "$samples"
    arm calibration '64 images alone' "$seed" "${common[@]}" "${images[@]}" --no-synthesis
  done
}

bits() {
  float bits
  local common=(-a 8 --preset fast --weight-storage packed)
  for seed in 0 1 2; do
    synthesis hard "$seed"
    arm bits '3 bits for all' "$seed" "${common[@]}" -w 3 --samples-from "$samples"
    arm bits 'bits chosen for each layer' "$seed" "${common[@]}" --samples-from "$samples" \
      --max-bytes "$(stat -c %s "$work/bits-3-bits-for-all-$seed.onnx")"
  done
}

# Mean and sample standard deviation of top-1 over seeds, and the loss against the float network.
table() {
  sed -E 's/.*"arm": "([^"]*)", "seed": ([0-9]+), "top1": ([0-9.]+)(, "agreement": ([0-9.]+), "rounding": ([0-9.]+))?.*/\1\t\2\t\3\t\5\t\6/' "$work/$1.jsonl" |
    awk -F '\t' '
      $1 == "float" { float = $3; next }
      { if (!($1 in n)) order[++arms] = $1; n[$1]++; sum[$1] += $3; square[$1] += $3 * $3; all[$1] = (n[$1] == 1) ? $3 : all[$1] ", " $3; agree[$1] += $4; round[$1] += $5 }
      END {
        printf "float: %.2f %% top-1\n\n| arm | top-1 of each seed | mean ± sd | points lost | agreement on synthetic samples | agreement of plain rounding |\n|---|---|---|---|---|---|\n", float
        for (i = 1; i <= arms; i++) {
          a = order[i]; mean = sum[a] / n[a]; variance = (n[a] == 1) ? 0 : (square[a] - n[a] * mean * mean) / (n[a] - 1)
          spread = ""
          if (n[a] > 1) spread = sprintf(" ± %.2f", sqrt((variance > 0) ? variance : 0))
          printf "| %s | %s | %.2f%s | %.2f | %.1f %% | %.1f %% |\n", a, all[a], mean, spread, float - mean, agree[a] / n[a], round[a] / n[a]
        }
      }'
}

case ${1:-} in
  accuracy) model=$2 data=$3 && accuracy "${4:-}" && table accuracy ;;
  ablation) model=$2 data=$3 && ablation && table ablation ;;
  calibration) model=$2 data=$3 && calibration "$4" && table calibration ;;
  bits) model=$2 data=$3 && bits && table bits ;;
  table) table "$2" ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
esac
