#!/bin/sh
# Tries an installer out where there is no Windows: installs, looks, starts at login, uninstalls, looks again.
#   packaging/windows/wine.sh SETUP.exe
# The compiler of Inno Setup runs under Wine as well: wine ISCC.exe /DAppVersion=… '/DBundle=Z:\…' strongroom.iss
set -eu
setup=$1
WINEPREFIX=$(mktemp -d) && export WINEPREFIX WINEDEBUG=-all
trap 'rm -rf "$WINEPREFIX"' EXIT
run='Software\Microsoft\Windows\CurrentVersion\Run'
silent='/VERYSILENT /SUPPRESSMSGBOXES /NORESTART'
case $setup in *nsis*) silent=/S ;; esac
never() { if "$@"; then echo "It should not, but does: $*"; exit 1; fi; }
has() { wine reg query "$1" /s 2>/dev/null | grep -q "$2"; }
has_shortcut() { find "$WINEPREFIX/drive_c/users" -iname Strongroom.lnk | grep -q .; }

wineboot -i >/dev/null 2>&1
wine "$setup" $silent
home=$(find "$WINEPREFIX/drive_c/users" -ipath '*local/programs/strongroom' -type d)
local=$(dirname "$(dirname "$home")")
test -f "$home/strongroom-window.exe"
has_shortcut
has 'HKCU\Software\Classes\strongroom' 'strongroom-window.exe'
has 'HKCU\Software\Classes\Strongroom.Bot' 'strongroom-window.exe'
echo "It is installed in ${home#"$WINEPREFIX/"}."

wine reg add "HKCU\\$run" /v Strongroom /d x /f >/dev/null 2>&1
mkdir -p "$local/Strongroom" && echo data >"$local/Strongroom/strongroom.sqlite3"
wine "$(find "$home" -iname 'unins*.exe')" $silent
for _ in 1 2 3 4 5 6 7 8 9 10; do [ ! -e "$home" ] || sleep 1; done
never test -e "$home"
test -f "$local/Strongroom/strongroom.sqlite3"
never has "HKCU\\$run" Strongroom
never has 'HKCU\Software\Classes\strongroom' 'strongroom-window.exe'
never has_shortcut
echo "It is gone; the data are still there."
