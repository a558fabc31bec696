#!/bin/sh
# Installs the .deb in a bare Debian without Python, uses it as somebody would, and removes it. As root:
#   packaging/linux/bare.sh FILE.deb|FILE.AppImage [SUITE [FOLDER]]
# FOLDER is made with debootstrap unless it is there. An AppImage is only started; the system needs its libraries.
set -eu
file=$1 suite=${2:-bookworm} root=${3:-/var/tmp/strongroom-bare-${2:-bookworm}}
mirror=${MIRROR:-http://deb.debian.org/debian}
[ -e "$root/bin/sh" ] || debootstrap --variant=minbase "$suite" "$root" "$mirror"
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
[ -e "$root/dev/full" ] || mount --bind /dev "$root/dev"
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
if [ -n "${SSL_CERT_FILE:-}" ]; then mkdir -p "$root/etc/ssl/certs" && cp "$SSL_CERT_FILE" "$root/etc/ssl/certs/"; fi
home=/home/trader # of the one who uses it, in there
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 "$@"; }
trader() { inside su trader -c "cd
set -e
$1"; }
step() { printf -- '--- %s\n' "$*"; }

inside sh -c '! command -v python3' || { echo "This root has a Python."; exit 1; }
inside apt-get update -qq
inside sh -c 'id trader >/dev/null 2>&1 || useradd -m trader'
rm -rf "$root/home/trader/.local" "$root/home/trader/.cache"
libraries="libdbus-1-3 libegl1 libfontconfig1 libfreetype6 libgl1 libglib2.0-0 libx11-xcb1 libxkbcommon-x11-0"
case $file in
*.deb)
    step installs
    cp "$file" "$root/tmp/strongroom.deb"
    inside apt-get install -y -qq --no-install-recommends /tmp/strongroom.deb xvfb xauth >"$root/tmp/apt.log" 2>&1 ||
        { tail "$root/tmp/apt.log"; exit 1; }
    program=strongroom ;;
*)
    inside apt-get install -y -qq --no-install-recommends $libraries xvfb xauth >"$root/tmp/apt.log" 2>&1
    cp "$file" "$root/home/trader/Strongroom.AppImage"
    chmod 755 "$root/home/trader/Strongroom.AppImage"
    program=$home/Strongroom.AppImage ;;
esac
inside sh -c '. /etc/os-release; echo "$PRETTY_NAME, $(ldd --version | head -1)"'
inside sh -c '! command -v python3' || { echo "It has brought a Python along."; exit 1; }

step "says what it is, and that all is well"
trader "$program --version && $program doctor"

step "a paper bot closes deals"
cat >"$root/home/trader/bot.toml" <<'BOT'
kind = "dca"
name = "BTC starter"
account = "demo"
pairs = ["BTC/USDT"]
base_order = { volume = "100", volume_unit = "quote", type = "market" }
safety_orders = { volume = "100", price_deviation = "0.3", step_scale = "1.2", max_count = 6, max_active = 3 }
take_profit = { percent = "0.5" }
BOT
trader "$program account add demo --exchange sim --speed 600 --balance USDT=10000 &&
    $program bot add bot.toml && $program bot start 1 && $program run --for 8"
trader "$program deal list --all" | tee "$root/tmp/deals"
grep -q completed "$root/tmp/deals"

step "the window opens"
echo '{"is_first_run_done": true}' >"$root/home/trader/.local/share/Strongroom/settings.json"
trader "mkdir -p screen
    Xvfb -displayfd 1 -screen 0 1280x800x24 -fbdir screen >screen/number 2>screen/log & x=\$!
    sleep 3
    number=\$(cat screen/number)
    before=\$(md5sum <screen/Xvfb_screen0)
    DISPLAY=:\$number timeout --preserve-status -s TERM 30 $program >window.log 2>&1 & w=\$!
    sleep 20
    kill -0 \$w
    test \"\$before\" != \"\$(md5sum <screen/Xvfb_screen0)\"
    cp screen/Xvfb_screen0 window.xwd
    wait \$w || echo \"It was open, and ended with \$? when it was told to.\"
    kill \$x" || { cat "$root/home/trader/window.log"; exit 1; }
cat "$root/home/trader/window.log"

if [ "$program" = strongroom ]; then
    step "goes, and leaves nothing but the data"
    inside apt-get purge -y -qq strongroom >/dev/null
    left=$(inside find / -xdev -iname '*strongroom*' -not -path '/proc/*' -not -path '/tmp/*')
    echo "$left"
    if echo "$left" | grep -qv "^$home/"; then exit 1; fi
fi
step "all well"
