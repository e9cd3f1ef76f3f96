#!/usr/bin/env bash
# Pretraining methods under one short budget, on generated and on real videos.
#   bench/pretraining.sh sprites [SEEDS]         generated videos: does appearance retrieve objects, and speed playback rates?
#   bench/pretraining.sh folds VIDEOS [REPEATS]  five folds grouped by source: pretraining, probe and kNN on the training folds alone
#   bench/pretraining.sh given VIDEOS [SEEDS]    the same on the set's own parts train and test
#   bench/pretraining.sh tuned VIDEOS [SEEDS]    the same with fine-tuning and retrieval, of some arms
#   bench/pretraining.sh table VIDEOS            the figures so far, as tables
# Every result is one line of artifacts/pretraining/*.jsonl. What is there is not computed again, so the script can be stopped and
# started at will. Two arms train at a time, each on one thread. Nothing is chosen by the figures.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

work=artifacts/pretraining
program=artifacts/bin/Tacit.Bench/release/Tacit.Bench
bench() { OMP_NUM_THREADS=1 "$program" "$@"; }

# What each of two processes does.
sprites_a=("random weights" "ACP only" "ACP + SCP")
sprites_b=("ACP + SCP + speed contrast" "ACP + SCP, no momentum network")
once_a=("BYOL" "SCP only")
once_b=("RSPNet" "ACP + SCP, random positives")
clips_a=("random weights" "BYOL" "ACP only" "ACP + SCP")
clips_b=("RSPNet" "SCP only" "ACP + SCP + speed contrast")
tuned_a=("random weights" "ACP + SCP")
tuned_b=("ACP only" "ACP + SCP + speed contrast")
options() { for arm in "$@"; do printf -- '--arm\0%s\0' "$arm"; done; }
read_options() { mapfile -d '' -t "$1" < <(shift; options "$@"); }

[[ -x $program ]] || dotnet build bench/Tacit.Bench -c Release -nologo -v q --disable-build-servers >&2

# both A B: waits for both; the script fails where one of them does.
both() {
  "$1" &
  local other=$!
  "$2"
  wait "$other"
}

case ${1-} in
  sprites)
    seeds=${2-3}
    sprites() {
      local out=$1 count=$2
      shift 2
      bench sprites --seeds "$count" "$@" --out "$work/sprites-$out.jsonl" >/dev/null
    }
    read_options a "${sprites_a[@]}"
    read_options b "${sprites_b[@]}"
    read_options c "${once_a[@]}"
    read_options d "${once_b[@]}"
    half_a() { sprites 1 "$seeds" "${a[@]}" && sprites 1 1 "${c[@]}" && sprites 1 1 --arm 'random weights' --arm 'ACP + SCP' --varied-speed; }
    half_b() { sprites 2 "$seeds" "${b[@]}" && sprites 2 1 "${d[@]}" && sprites 2 1 --arm 'ACP + SCP + speed contrast' --varied-speed; }
    both half_a half_b
    cat $work/sprites-[12].jsonl >$work/sprites.jsonl
    bench sprites --seeds 0
    bench sprites --seeds 0 --varied-speed
    ;;
  folds | given | tuned)
    kind=$1 videos=$2 repeats=${3-1}
    division=$kind
    if [[ $kind == tuned ]]; then
      division=given clips_a=("${tuned_a[@]}") clips_b=("${tuned_b[@]}")
    fi
    clips() {
      local out=$1
      shift
      [[ $kind != tuned ]] || set -- --finetune 30 "$@"
      bench clips "$videos" --division "$division" --repeats "$repeats" "$@" --out "$work/$kind-$out.jsonl" >/dev/null
    }
    bench clips "$videos" --table /dev/null >/dev/null # makes the cache
    read_options a "${clips_a[@]}"
    read_options b "${clips_b[@]}"
    half_a() { clips 1 "${a[@]}"; }
    half_b() { clips 2 "${b[@]}"; }
    both half_a half_b
    bench clips "$videos" --table "$work/$kind-1.jsonl" "$work/$kind-2.jsonl"
    ;;
  table) bench clips "$2" --table $work/folds-[12].jsonl $work/given-[12].jsonl $work/tuned-[12].jsonl ;;
  *)
    sed -n '2,9s/^# //p' "$0" >&2
    exit 2
    ;;
esac
