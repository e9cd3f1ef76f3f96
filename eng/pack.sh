#!/usr/bin/env bash
# Makes the NuGet packages of every project in src: eng/pack.sh FOLDER
set -euo pipefail

if (($# != 1)); then
  echo 'usage: eng/pack.sh FOLDER' >&2
  exit 2
fi
mkdir -p -- "$1"
folder=$(cd -- "$1" && pwd -P)
eng=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)

exec dotnet build "$eng/Packages.proj" -nologo -v q --disable-build-servers -p:PackageOutputPath="$folder" </dev/null
