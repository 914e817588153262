# The tools of libfido2 and OpenSSH against the security key at $1: what others think of it.
device=$1
profile=$(cat profile)
failed=0
must() { # what, command...
  local what=$1
  shift
  if "$@"; then echo "PASS $what"; else echo "FAIL $what (status $?)"; failed=$((failed + 1)); fi
}
random() { head -c 32 /dev/urandom | base64 -w0; }

must "libfido2 reads getInfo" fido2-token -I "$device"

# The HYPR phones verify their user themselves; the other key has no PIN yet.
case $profile in
  hypr-*) verified=-v uv=true ;;
  *) verified= uv=false ;;
esac
{ random; echo; echo login.microsoft.com; echo carol@highlandsbank.com; random; echo; } >cred.in
must "libfido2 registers a passkey" fido2-cred -M -r $verified -i cred.in -o cred.out "$device" es256
must "libfido2 verifies the registration" fido2-cred -V $verified -i cred.out -o cred.pub es256

{ random; echo; echo login.microsoft.com; sed -n 1p cred.pub; } >assert.in
tail -n +2 cred.pub >key.pem
must "libfido2 signs in" fido2-assert -G -t up=true -i assert.in -o assert.out "$device"
must "libfido2 verifies the assertion" fido2-assert -V -i assert.out key.pem es256
{ random; echo; echo login.microsoft.com; } >any.in
must "libfido2 signs in without naming the passkey" fido2-assert -G -r -t uv=$uv -i any.in -o any.out "$device"

# OpenSSH registers without verifying the user, which the HYPR phones refuse.
if [ "$uv" = false ]; then
  must "ssh-keygen makes an ecdsa-sk key" ssh-keygen -q -t ecdsa-sk -N '' -O application=ssh:lab -f key
  echo "a message" >message
  must "ssh-keygen signs with it" ssh-keygen -q -Y sign -f key -n lab message
  printf 'carol %s\n' "$(cat key.pub)" >signers
  must "ssh-keygen verifies the signature" \
    sh -c 'ssh-keygen -Y verify -f signers -I carol -n lab -s message.sig <message'
fi
