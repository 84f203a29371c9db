#!/bin/sh
# Takes the pictures in this folder anew: the digest and an alert of `wirewatch demo`, in Debian's Chromium.
# usage: docs/images/make.sh DEMO_FOLDER   (what `wirewatch demo` left, such as wirewatch-demo)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
shot() { # page width height mode name [flag]
	dark="${6:-}"
	[ "$4" = dark ] && dark="--force-dark-mode --blink-settings=preferredColorScheme=0"
	# shellcheck disable=SC2086 # some flags or none
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars $dark --user-data-dir="$profile" \
		--window-size="$2,$3" --screenshot="$here/$5-$2-$4.png" "file://$1" >/dev/null 2>&1
}
digest=$(realpath "$(find "$1/out" -name '*digest*.html' | head -n 1)")
alert=$(realpath "$(find "$1/out" -name '*alert*.html' | sort | tail -n 1)")
for mode in light dark; do
	shot "$digest" 640 1500 "$mode" digest
	shot "$digest" 320 1500 "$mode" digest
	shot "$alert" 640 900 "$mode" alert
done
shot "$digest" 720 1080 light digest --force-device-scale-factor=1.5
mv "$here/digest-720-light.png" "$here/../digest.png" # the README's
