#!/usr/bin/env bash
# How much longer a small quantisation takes beside another busy process, which computes without end on one core.
#   bench/beside.sh [ROUNDS]   default 5: times alone and beside in turns, their medians and the ratio
# OMP_WAIT_POLICY and GOMP_SPINCOUNT say how the threads of OpenMP wait, Tacit where neither is set; GOMP_SPINCOUNT=300000 is the
# default of libgomp. Measure on a machine that does nothing else.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

rounds=${1:-5}
work=$(mktemp -d)
busy=
trap '[[ -z $busy ]] || kill "$busy"; rm -rf -- "$work"' EXIT
job=(./tacit quantize samples/resnet20-cifar10.onnx -w 4 -a 4 --samples 32 --synthesis-steps 20 --steps 20 -o "$work/small.onnx" --force)

# seconds: of one quantisation
seconds() {
  local started=$EPOCHREALTIME
  "${job[@]}" >/dev/null 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
  awk "BEGIN { printf \"%.2f\n\", $EPOCHREALTIME - $started }"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2 }'; }

seconds >/dev/null
for ((round = 1; round <= rounds; round++)); do
  seconds >>"$work/alone"
  while :; do :; done &
  busy=$!
  seconds >>"$work/beside"
  kill "$busy"
  wait "$busy" 2>/dev/null || true
  busy=
  echo "round $round: alone $(tail -1 "$work/alone") s, beside $(tail -1 "$work/beside") s" >&2
done

alone=$(median <"$work/alone") beside=$(median <"$work/beside")
awk "BEGIN { printf \"alone %.2f s, beside %.2f s (medians of %d): %.2f times as long\n\", $alone, $beside, $rounds, $beside / $alone }"
