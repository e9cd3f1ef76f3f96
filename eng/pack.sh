#!/usr/bin/env bash
# Makes the NuGet packages of every project in src: eng/pack.sh FOLDER
set -euo pipefail

if (($# != 1)); then
  echo 'usage: eng/pack.sh FOLDER' >&2
  exit 2
fi
mkdir -p -- "$1"
folder=$(cd -- "$1" && pwd -P)
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

for project in src/*/*.csproj; do
  dotnet pack "$project" -c Release -o "$folder" -nologo -v q --disable-build-servers </dev/null
done
