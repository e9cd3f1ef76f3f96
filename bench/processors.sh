#!/usr/bin/env bash
# Accuracy of quantised networks in the integer kernels of this processor and of one without VNNI (eng/without-vnni.sh).
#   bench/processors.sh MODEL TEST SAMPLES   W8A8, W4A4 and W3A3 in both ranges of weights; SAMPLES is a file of --keep-samples
# Needs gcc and binutils. Files are kept in artifacts/processors; what is there is not made again.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
(($# == 3)) || { sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
model=$1 data=$2 samples=$3

work=artifacts/processors/$(basename -- "$model" .onnx)
prep=(--mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --size 32)
mkdir -p "$work"
./tacit --version >/dev/null

top1() { grep -oE '"top1": ?[0-9.]+' | grep -oE '[0-9.]+$'; }

echo "float: $(./tacit evaluate "$model" --data "$data" "${prep[@]}" --json 2>/dev/null | top1) % top-1"
echo
echo '| bits | range | this processor | AVX2 | AVX-512 without VNNI | layers that may saturate |'
echo '|---|---|---:|---:|---:|---:|'
for bits in 8 4 3; do
  for range in safe full; do
    out=$work/w${bits}a$bits-$range.onnx
    [[ -e $out ]] || ./tacit quantize "$model" -w "$bits" -a "$bits" --weight-range "$range" --samples-from "$samples" -o "$out" "${prep[@]}" --json >/dev/null
    here=$(./tacit evaluate "$out" --data "$data" --json 2>/dev/null | top1)
    avx2=$(TACIT_PROCESSOR=avx2 eng/without-vnni.sh Tacit.Cli/tacit evaluate "$PWD/$out" --data "$data" --json 2>/dev/null | top1)
    avx512=$(TACIT_PROCESSOR=avx512 eng/without-vnni.sh Tacit.Cli/tacit evaluate "$PWD/$out" --data "$data" --json 2>/dev/null | top1)
    saturating=$(./tacit inspect "$out" --json | grep -oE '"saturating": ?\[[^]]*\]' | grep -oE '"[^"]*"' | tail -n +2 | wc -l)
    echo "| W${bits}A$bits | $range | $here | $avx2 | $avx512 | $saturating |"
  done
done
