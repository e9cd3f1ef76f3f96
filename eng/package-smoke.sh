#!/usr/bin/env bash
# Packs everything and uses the packages as a stranger would, in empty projects outside this repository: the tool, and the
# example in each library's readme. The last line is "N passed, N failed"; the exit code is 0 only if none failed.
set -uo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

repository=$PWD
models=(samples/*.onnx)
model=$repository/${models[0]}
libtorch=$(sed -nE 's|.*<LibTorchVersion>(.*)</LibTorchVersion>.*|\1|p' Directory.Packages.props)
version=$(sed -nE 's|.*<Version>(.*)</Version>.*|\1|p' Directory.Build.props)
machine=${NUGET_PACKAGES:-$HOME/.nuget/packages}
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
passed=0 failed=0

# Runs a step in its own shell, which ends at the first command that fails; what it wrote is shown then: step NAME FUNCTION
step() {
  local started=$SECONDS status
  (set -e; "$2") >"$work/log" 2>&1
  status=$?
  if ((status == 0)); then
    passed=$((passed + 1))
    echo "$1: $((SECONDS - started)) s"
  else
    failed=$((failed + 1))
    echo "$1 failed:" >&2
    tail -30 "$work/log" >&2
  fi
}

# expect PATTERN FILE: a line of the file fits the pattern
expect() {
  grep -qE -- "$1" "$2" || { echo "expected $1 in:"; cat "$2"; return 1; }
}

# An empty console project whose program is the C# of a package's readme, and what it needs: project NAME
project() {
  mkdir "$work/$1.Example"
  cd "$work/$1.Example"
  cat >Example.csproj <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <!-- A source of packages may lack the oldest version that one of them asks for. -->
    <WarningsNotAsErrors>NU1603</WarningsNotAsErrors>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="$1" Version="$version" />
  </ItemGroup>
</Project>
XML
  sed -n '/^```csharp$/,/^```$/{/^```/!p}' "$repository/src/$1/README.md" >Program.cs
}

build() {
  NUGET_PACKAGES=$work/packages dotnet build -nologo -v q "$@"
}

# Whether TorchSharp's assembly holds its arguments during native calls (TorchSharpLifetimes.cs).
holds_arguments() {
  [[ -n $1 ]] && LC_ALL=C grep -qaP '\x08\x01\x00\x07\x01\x00\x00\x00\x00' -- "$1"
}

make_packages() {
  eng/pack.sh "$work/feed"
}

# This machine's packages serve, but never one of Tacit that is left from another time.
isolate() {
  mkdir "$work/machine"
  find "$machine" -mindepth 1 -maxdepth 1 -type d ! -iname 'tacit*' -exec ln -s -t "$work/machine" -- {} +
  cat >"$work/NuGet.config" <<XML
<configuration>
  <packageSources><add key="tacit" value="$work/feed" /></packageSources>
  <fallbackPackageFolders><clear /><add key="machine" value="$work/machine" /></fallbackPackageFolders>
</configuration>
XML
}

use_tool() {
  cd "$work"
  NUGET_PACKAGES=$work/packages dotnet tool install tacit --source "$work/feed" --version "$version" --tool-path "$work/tools"
  tools/tacit --version >out
  expect "^$version" out
  tools/tacit inspect "$model" >out
  expect 'BatchNormalization' out
  tools/tacit quantize "$model" --samples 16 --synthesis-steps 2 --steps 2 -o small.onnx >out
  expect '^size .* smaller' out
  tools/tacit synthesize "$model" --samples 2 --synthesis-steps 2 -o images
  [[ -z $(find tools -name 'libtorch*') ]]
  holds_arguments "$(find tools -name TorchSharp.dll | head -1)"
}

use_graphs() {
  project Tacit.Graphs
  build
  bin/Debug/net10.0/Example "$work/small.onnx" >out
  expect '^[0-9]+ nodes, [0-9,]+ parameters' out
  [[ ! -d bin/Debug/net10.0/runtimes ]]
}

use_inference() {
  project Tacit.Inference
  echo 'Console.WriteLine(File.ReadAllText("/proc/self/maps").Contains("torch", StringComparison.OrdinalIgnoreCase) ? "torch" : "light");' >>Program.cs
  build
  local images=("$work"/images/*.png)
  bin/Debug/net10.0/Example "$work/small.onnx" "${images[0]}" >out
  expect '^[0-9.]+ ?% [a-z]+' out
  expect '^light$' out
  [[ -z $(find bin -iname '*torch*') ]]
}

use_learning() {
  project Tacit.Learning
  if build >out; then
    echo 'built without libtorch'
    return 1
  fi
  local advice
  advice=$(grep -m1 -oE 'dotnet add package libtorch-cpu-linux-x64 --version [0-9.]+' out)
  [[ $advice == *" $libtorch" ]]
  NUGET_PACKAGES=$work/packages $advice
  build
  bin/Debug/net10.0/Example >out
  awk '/^step 0 /{first = $4} /^step 9 /{last = $4} END {exit !(last < first)}' out
  [[ -L bin/Debug/net10.0/runtimes/linux-x64/native/libtorch_cpu.so ]]
  holds_arguments bin/Debug/net10.0/TorchSharp.dll
}

step 'packages' make_packages
step 'packages folder' isolate
step 'tool tacit' use_tool
step 'Tacit.Graphs' use_graphs
step 'Tacit.Inference' use_inference
step 'Tacit.Learning' use_learning
echo "$passed passed, $failed failed"
((failed == 0))
