#!/usr/bin/env bash
# Runs a built program as on an x86 processor without VNNI, whose integer kernels saturate:
#   eng/without-vnni.sh Tacit.Learning.Tests -class '*QuantizedZooTests'
#   eng/without-vnni.sh Tacit.Cli/tacit evaluate small.onnx --data IMAGES
# The program is that of artifacts/bin. ONNX Runtime chooses its kernels by the instruction CPUID: in a copy of its library
# each is replaced by an illegal instruction, whose handler answers for it and leaves out what the processor shall not have.
# TACIT_PROCESSOR: avx2 (the default), avx512 (without VNNI), or this. Needs gcc and binutils.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)

(($# > 0)) || { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
name=${1%%/*} program=${1##*/}
shift
from=$root/artifacts/bin/$name/release
[[ -x $from/$program ]] || { echo "without-vnni.sh: $from/$program is not built" >&2; exit 2; }

work=$root/artifacts/without-vnni
mkdir -p "$work"
gcc -O2 -shared -fPIC -o "$work/cpuid.so" "$root/eng/without-vnni.c"

# The library with each cpuid (0f a2) made an ud2 (0f 0b). Its code lies in the file where it lies in memory.
library=$(readlink -f "$from/runtimes/linux-x64/native/libonnxruntime.so")
patched=$work/libonnxruntime-$(stat -c %Y-%s "$library").so
if [[ ! -e $patched ]]; then
  readelf -lW "$library" | awk '$1 == "LOAD" && /R E/ { exit $2 != $3 }' || { echo 'without-vnni.sh: the code of ONNX Runtime is laid out in another way' >&2; exit 1; }
  cp -- "$library" "$patched.new"
  objdump -d --no-show-raw-insn "$library" | awk '$2 == "cpuid" { sub(":", "", $1); print $1 }' | while read -r address; do
    printf '\x0f\x0b' | dd of="$patched.new" bs=1 seek="$((16#$address))" conv=notrunc status=none
  done
  mv -- "$patched.new" "$patched"
fi

copy=$work/$name
rm -rf -- "$copy"
cp -al -- "$from" "$copy"
rm -- "$copy/runtimes/linux-x64/native/libonnxruntime.so"
cp -- "$patched" "$copy/runtimes/linux-x64/native/libonnxruntime.so"
cd -- "$root"
exec env TACIT_PROCESSOR="${TACIT_PROCESSOR:-avx2}" LD_PRELOAD="$work/cpuid.so" "$copy/$program" "$@"
