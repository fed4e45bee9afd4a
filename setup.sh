#!/bin/sh
# Brings what Watchfloor needs and this machine lacks: the packages of package-lock.json and a Redis (or Valkey) of
# version 7.0 or later; with the argument "test" also Chromium. Asks nothing, says what it does, and does nothing where
# nothing is missing. REDIS_URL names a Redis that is there already: then none is installed.
set -eu
cd "$(dirname "$0")"

say() { printf 'setup: %s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

# Debian keeps servers in /usr/sbin, Homebrew may not be on the PATH of a script.
PATH="$PATH:/usr/sbin:/opt/homebrew/bin:/usr/local/bin"

packages_are_fresh() {
  [ -x node_modules/.bin/node ] && [ -e node_modules/.package-lock.json ] &&
    [ -z "$(find package-lock.json -newer node_modules/.package-lock.json)" ]
}

install_packages() {
  say 'installing packages (npm ci)'
  npm ci --include=dev --no-audit --no-fund --loglevel=error >&2
  touch node_modules/.package-lock.json
}

redis_is_there() {
  for program in redis-server valkey-server; do
    has "$program" || continue
    major=$("$program" --version 2>/dev/null | sed -n 's/.* v=\([0-9]*\)\..*/\1/p')
    [ "${major:-0}" -ge 7 ] && return 0
  done
  return 1
}

chromium_is_there() {
  [ -n "${CHROMIUM_PATH:-}" ] && return 0
  has chromium || has chromium-browser || has google-chrome || has google-chrome-stable ||
    [ -x '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' ] ||
    [ -x /Applications/Chromium.app/Contents/MacOS/Chromium ]
}

terminal=no
[ ! -t 0 ] || terminal=yes
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif ! has sudo; then say "this needs the rights of root: $*"; return 1
  elif [ "$terminal" = yes ]; then sudo "$@"
  else sudo -n "$@"; fi
}

manager() {
  for name in apt-get dnf apk pacman brew; do
    if has "$name"; then echo "$name"; return; fi
  done
}

apt_lists=old
install_one() {
  case $(manager) in
    apt-get)
      # The lists of a fresh machine are empty or old.
      if [ "$apt_lists" = old ]; then as_root apt-get -q -o DPkg::Lock::Timeout=300 update; apt_lists=new; fi
      as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$1" ;;
    dnf) as_root dnf -q -y install "$1" ;;
    apk) as_root apk add --no-cache "$1" ;;
    pacman) as_root pacman -Sy --noconfirm --needed "$1" ;;
    brew) brew install "$1" ;;
  esac </dev/null >&2
}

# Tries package after package until the check passes: distributions differ in names and ages.
install_until() {
  check=$1
  shift
  for package in "$@"; do
    say "installing $package ($(manager))"
    install_one "$package" || say "$package could not be installed"
    "$check" && return 0
  done
  return 1
}

redis_packages() {
  case $(manager) in
    apt-get) echo redis-server valkey-server ;;
    dnf | apk | pacman) echo valkey redis ;;
    brew) echo redis valkey ;;
  esac
}

chromium_packages() {
  case $(manager) in
    apt-get) echo chromium chromium-browser ;;
    brew) echo google-chrome ;;
    *) echo chromium ;;
  esac
}

packages_are_fresh || install_packages

if [ -z "${REDIS_URL:-}" ] || [ "${1:-}" = test ]; then
  # shellcheck disable=SC2046 # one word a package
  if ! redis_is_there && ! install_until redis_is_there $(redis_packages); then
    say 'no Redis of version 7.0 or later could be installed here. Do one of these, then run the same command again:'
    say '  install redis-server 7.0 or later, or valkey-server, so that it is on the PATH'
    say '  docker run --rm -p 127.0.0.1:6379:6379 redis:7 and, in another terminal, REDIS_URL=redis://127.0.0.1:6379 npm start'
    exit 1
  fi
fi

if [ "${1:-}" = test ]; then
  # shellcheck disable=SC2046 # one word a package
  if ! chromium_is_there && ! install_until chromium_is_there $(chromium_packages); then
    say 'the browser tests need Chromium, and none could be installed here. Do this, then run the same command again:'
    say '  install chromium or google-chrome, or name an executable: CHROMIUM_PATH=/path/to/chromium npm test'
    exit 1
  fi
fi
