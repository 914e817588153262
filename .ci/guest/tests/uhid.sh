# The phone over /dev/uhid.
cd /w || exit 2
./passkey-lab phone --transport uhid --user accept --profile "$(cat profile)" >phone.log 2>&1 &
for _ in $(seq 100); do [ -e /dev/hidraw0 ] && break; sleep 0.1; done
udevadm settle
fido2-token -L
. ./tools.sh /dev/hidraw0
[ "$failed" = 0 ] || { cat phone.log; dmesg | tail; }
exit "$failed"
