# The phone over USB/IP: this kernel attaches it as a USB device.
cd /w || exit 2
./passkey-lab phone --transport usbip --user accept --profile "$(cat profile)" >phone.log 2>&1 &
for _ in $(seq 100); do usbip list -r 127.0.0.1 >list 2>/dev/null && break; sleep 0.1; done
cat list
usbip attach -r 127.0.0.1 -b 1-1 || { cat phone.log; exit 1; }
for _ in $(seq 100); do [ -e /dev/hidraw0 ] && break; sleep 0.1; done
udevadm settle
fido2-token -L
lsusb
. ./tools.sh /dev/hidraw0
must "usbip detaches" usbip detach -p 0
[ "$failed" = 0 ] || { cat phone.log; dmesg | tail; }
exit "$failed"
