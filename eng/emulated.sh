#!/usr/bin/env bash
# Runs an ONNX file on fixed noise on this processor and on emulated x86 processors without VNNI, and compares the outputs:
#   eng/emulated.sh MODEL SIZE...    such as: eng/emulated.sh small.onnx 4 3 32 32
# Needs gcc, qemu-x86_64 (Debian: qemu-user) and valgrind. The exit code is 0 if all outputs are equal, bit by bit.
# eng/without-vnni.sh runs the same kernels at full speed.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
(($# > 1)) || { sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }

packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
version=$(grep -oP '(?<="Microsoft.ML.OnnxRuntime" Version=")[^"]+' "$root/Directory.Packages.props")
package=$packages/microsoft.ml.onnxruntime/$version
work=$root/artifacts/emulated
mkdir -p "$work"
ln -sf "$package/runtimes/linux-x64/native/libonnxruntime.so" "$work/libonnxruntime.so.1"
gcc -O2 -I"$package/build/native/include" -o "$work/run" "$root/eng/emulated.c" -L"$work" -l:libonnxruntime.so.1
export LD_LIBRARY_PATH=$work

"$work/run" "$@" >"$work/here.txt"
status=0
compare() {
  local name=$1
  shift
  "$@" >"$work/other.txt" 2>"$work/log" || { tail -3 "$work/log" >&2; exit 1; }
  local different
  different=$(diff --speed-large-files -y --suppress-common-lines "$work/here.txt" "$work/other.txt" | wc -l) || true
  echo "$name: $different of $(wc -l <"$work/here.txt") values differ"
  ((different == 0)) || status=1
}
compare 'qemu, Haswell (AVX2)' qemu-x86_64 -cpu Haswell "$work/run" "$@"
compare 'valgrind (AVX2)' valgrind --tool=none "$work/run" "$@"
exit $status
