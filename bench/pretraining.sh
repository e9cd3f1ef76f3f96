#!/usr/bin/env bash
# Pretraining methods under one short budget, on generated and on real videos.
#   bench/pretraining.sh sprites [SEEDS]         generated videos: does appearance retrieve objects, and speed playback rates?
#   bench/pretraining.sh folds VIDEOS [REPEATS]  five folds grouped by source: pretraining, probe and kNN on the training folds alone
#   bench/pretraining.sh given VIDEOS [SEEDS]    the same on the set's own parts train and test
#   bench/pretraining.sh table VIDEOS            the figures so far, as tables
# Every result is one line of artifacts/pretraining/*.jsonl. What is there is not computed again, so the script can be stopped and
# started at will. Two arms train at a time, each on one thread. Nothing is chosen by the figures.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

work=artifacts/pretraining
program=artifacts/bin/Tacit.Bench/release/Tacit.Bench
bench() { OMP_NUM_THREADS=1 "$program" "$@"; }

# half KIND ARM...: what one of two processes does
first=("random weights" "ACP only" "ACP + SCP" "BYOL")
second=("ACP + SCP + speed contrast" "SCP only" "RSPNet")
more=("ACP + SCP, random positives" "ACP + SCP, no momentum network")
options() { for arm in "$@"; do printf -- '--arm\0%s\0' "$arm"; done; }
read_options() { mapfile -d '' -t "$1" < <(shift; options "$@"); }

[[ -x $program ]] || dotnet build bench/Tacit.Bench -c Release -nologo -v q --disable-build-servers >&2
read_options a "${first[@]}"
read_options b "${second[@]}"
read_options c "${more[@]}"
case ${1-} in
  sprites)
    bench sprites --seeds "${2-3}" "${a[@]}" "${c[@]:0:2}" --out $work/sprites-1.jsonl >/dev/null &
    bench sprites --seeds "${2-3}" "${b[@]}" "${c[@]:2}" --out $work/sprites-2.jsonl >/dev/null
    wait
    bench sprites --seeds "${2-3}" --arm 'random weights' --arm 'ACP + SCP' --varied-speed --out $work/sprites-3.jsonl >/dev/null &
    bench sprites --seeds "${2-3}" --arm 'ACP + SCP + speed contrast' --varied-speed --out $work/sprites-4.jsonl >/dev/null
    wait
    cat $work/sprites-[1-4].jsonl >$work/sprites.jsonl
    bench sprites --seeds 0
    bench sprites --seeds 0 --varied-speed
    ;;
  folds | given)
    bench clips "$2" --table /dev/null >/dev/null # builds the cache
    bench clips "$2" --division "$1" --repeats "${3-1}" "${a[@]}" --out "$work/$1-1.jsonl" >/dev/null &
    bench clips "$2" --division "$1" --repeats "${3-1}" "${b[@]}" --out "$work/$1-2.jsonl" >/dev/null
    wait
    bench clips "$2" --table "$work/$1-1.jsonl" "$work/$1-2.jsonl"
    ;;
  table) bench clips "$2" --table $work/folds-[12].jsonl $work/given-[12].jsonl ;;
  *)
    sed -n '2,8s/^# //p' "$0" >&2
    exit 2
    ;;
esac
