#!/usr/bin/env bash
# Builds everything and runs every test. The last line is "N passed, N failed"; the exit code is 0 only if none failed.
# What hangs is ended after TACIT_TEST_SECONDS (default 3600): several times what a slow machine beside other work takes.
set -uo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")" || exit 1

export CI=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
limit=${TACIT_TEST_SECONDS:-3600}
results=artifacts/test-results
passed=0 failed=0 skipped=0

finish() {
  local line="$passed passed, $failed failed"
  ((skipped == 0)) || line+=", $skipped skipped"
  echo "$line"
  ((failed == 0))
  exit
}

give_up() {
  echo "$1" >&2
  failed=$((failed + 1))
  finish
}

PATH=$PATH:${DOTNET_ROOT:-$HOME/.dotnet}
type -P dotnet >/dev/null ||
  give_up 'test.sh: the .NET 10 SDK is needed and was not found; install it from https://dotnet.microsoft.com/download/dotnet/10.0'
export DOTNET_ROOT=${DOTNET_ROOT:-$(dirname -- "$(readlink -f -- "$(type -P dotnet)")")}

# Tests that need one of these are skipped without it.
# need PACKAGE WHAT-IS-SKIPPED TEST-OF-PRESENCE...
need() {
  local package=$1 skipped_tests=$2
  "${@:3}" >/dev/null 2>&1 && return
  if ((EUID == 0)) && type -P apt-get >/dev/null && timeout 240 sh -c "apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends $package" >/dev/null 2>&1 </dev/null; then
    echo "installed $package"
  else
    echo "$package is missing: $skipped_tests are skipped; install it with apt-get install $package"
  fi
}
need ffmpeg 'tests that read videos' type -P ffmpeg
need libonnx-testdata 'the backend tests of the ONNX project' test -d /usr/share/libonnx-testdata/data/node

rm -rf -- "$results"
mkdir -p -- "$results"

echo 'building…'
if ! dotnet build Tacit.slnx -c Release -nologo -v q --disable-build-servers >"$results/build.log" 2>&1 </dev/null; then
  grep -E 'error|warning' "$results/build.log" | sort -u | head -40 || tail -40 "$results/build.log"
  give_up "test.sh: the build failed; the whole log is in $results/build.log"
fi

echo 'checking the format…'
if dotnet tool restore >"$results/format.log" 2>&1 </dev/null && dotnet csharpier check . >>"$results/format.log" 2>&1 </dev/null; then
  passed=$((passed + 1))
else
  grep -m 20 -i error "$results/format.log" || tail -20 "$results/format.log"
  echo "test.sh: the format is not CSharpier's; format with: dotnet csharpier format .; the whole log is in $results/format.log" >&2
  failed=$((failed + 1))
fi

# A number out of the report that the test program wrote: count failed report.xml
count() {
  grep -m1 -oE "<assembly .*" "$2" | grep -oE " $1=\"[0-9]+\"" | head -1 | grep -oE '[0-9]+'
}

for project in tests/*.Tests; do
  name=${project##*/}
  report=$results/$name.xml
  echo "$name"
  timeout --kill-after=10 "$((limit > SECONDS ? limit - SECONDS : 1))" \
    "artifacts/bin/$name/release/$name" -noLogo -noColor -result-xml "$report" </dev/null 2>&1 |
    grep -vE '^ *(Discovering|Discovered|Starting|Finished):|^=== TEST EXECUTION SUMMARY|^   [^ ]+  Total: [0-9]+'
  status=${PIPESTATUS[0]}

  broken=0
  if [[ -s $report ]] && count total "$report" >/dev/null; then
    passed=$((passed + $(count passed "$report")))
    skipped=$((skipped + $(count skipped "$report")))
    broken=$(($(count failed "$report") + $(count errors "$report")))
    failed=$((failed + broken))
  fi
  if ((status != 0 && broken == 0)); then
    echo "test.sh: $name ended with code $status$( ((status == 124)) && echo ": the $limit seconds for all tests were over")" >&2
    failed=$((failed + 1))
  fi
done

# The packages, as a stranger would use them.
echo packages
report=$results/packages.log
timeout --kill-after=10 "$((limit > SECONDS ? limit - SECONDS : 1))" eng/package-smoke.sh </dev/null 2>&1 | tee "$report" | grep -vE ': [0-9]+ s$|^[0-9]+ passed'
if read -r steps _ broken _ < <(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$report"); then
  passed=$((passed + steps))
  failed=$((failed + broken))
else
  echo "test.sh: eng/package-smoke.sh did not end; the whole log is in $report" >&2
  failed=$((failed + 1))
fi

finish
