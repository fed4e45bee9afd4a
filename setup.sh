#!/bin/sh
# sh setup.sh [test] [dashboard] [-- PROGRAM ARGUMENTS]
#
# Brings what Watchfloor needs and this machine lacks: the packages of package-lock.json and a Redis (or Valkey) of
# version 7.0 or later; with the argument "test" also what tests need, with "dashboard" the built dashboard. Then
# it becomes the program, so that a signal reaches whatever is at work. Asks nothing, says what it does, and does
# nothing where nothing is missing. REDIS_URL names a Redis that is there already: then none is installed. Several at
# once take turns.
set -eu
cd "$(dirname "$0")"

tests=no
dashboard=no
while [ $# -gt 0 ]; do
  case $1 in
    test) tests=yes ;;
    dashboard) dashboard=yes ;;
    --) shift; break ;;
    *) echo "setup: unknown argument $1: only test, dashboard, and a program after --" >&2; exit 2 ;;
  esac
  shift
done

say() { printf 'setup: %s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

# --- Taking turns. A lock is a link to nowhere whose target says who holds it: HOST+PROCESS[+PROCESS]. It is made by one
# call, so it never stands there without saying whose it is. It is held while one of its processes lives.

# A process as it is known even when its number is given to another one later: number and time of its start. Nothing
# where it is gone.
process() {
  began=$(sed -n 's/.*) [^ZX] \([^ ]* \)\{18\}\([0-9]*\) .*/\2/p' "/proc/$1/stat" 2>/dev/null) || began=
  [ -n "$began" ] || [ -e /proc/self/stat ] ||
    began=$(ps -o stat= -o lstart= -p "$1" 2>/dev/null | sed -n '/^ *Z/d; s/^ *[^ ]* *//; s/[^[:alnum:]]/_/g; p') || began=
  [ -z "$began" ] || echo "$1-$began"
}

host=$(uname -n | sed 's/[^[:alnum:].-]/_/g')
me="$host+$(process $$)"
lock=.setup.lock
held=

# Whether one of those who hold the lock $1 lives, by its target $2. Of another host's processes nobody here knows (a
# folder that is shared): such a lock counts for a quarter of an hour.
is_alive() {
  case $2 in
    "$host"+*) ;;
    *) [ -z "$(find "$1" -prune -mmin +15 2>/dev/null)" ]; return ;;
  esac
  for each in $(echo "${2#*+}" | sed 's/+/ /g'); do
    [ "$(process "${each%%-*}")" != "$each" ] || return 0
  done
  return 1
}

# Takes the lock $1. A lock that was left behind may be found by several: only who holds the lock on its removal removes
# it, and then all try again.
take() {
  ln -s "$me" "$1" 2>/dev/null && [ "$(readlink "$1" 2>/dev/null)" = "$me" ] && return
  set -- "$1" "$(readlink "$1" 2>/dev/null)"
  [ -n "$2" ] || return 1
  is_alive "$1" "$2" && return 1
  set -- "$1" "$2" "$1-$(echo "$2" | cksum | sed 's/ .*//')"
  take "$3" || return 1
  [ "$(readlink "$1" 2>/dev/null)" != "$2" ] || rm -f "$1"
  rm -f "$3"
  return 1
}

wait_for_turn() {
  told=no
  misses=0
  until take "$lock"; do
    if [ -L "$lock" ]; then
      [ "$told" = yes ] || say 'another set-up is at work here: waiting until it has ended'
      told=yes
      sleep 1
    elif [ "$misses" = 20 ]; then
      say "no lock can be made here, in $(pwd): going on without"
      return
    else
      misses=$((misses + 1))
    fi
  done
  held=yes
}

# Says anew who holds the lock.
hold() {
  [ -n "$held" ] || return 0
  rm -f "$lock.$$"
  ln -s "$1" "$lock.$$" && mv -f "$lock.$$" "$lock"
}

end_turn() {
  [ -z "$held" ] || case "$(readlink "$lock")" in "$me" | "$me"+*) rm -f "$lock" "$lock.$$" ;; esac
  held=
}

# Runs a program that works on what the lock guards. It holds the lock too, for it may outlive this script (kill -9),
# and begins once that is written down. A signal that comes meanwhile is heeded at once, as it would not be while a
# shell waits for a program in the foreground.
worker=
program=
run() {
  program=$1
  {
    [ -z "$held" ] || until readlink "$lock" | grep -q "^$me+"; do kill -0 $$ 2>/dev/null || exit 1; done
    exec "$@"
  } &
  worker=$!
  hold "$me+$(process "$worker")"
  code=0
  wait "$worker" || code=$?
  worker=
  hold "$me"
  return "$code"
}

# npm goes on for a minute after it was asked to end, and what it leaves half done is begun anew; so it is ended at
# once. A package manager is left to come to its end, for the sake of the system, and holds the lock until then.
leave() {
  trap '' HUP INT TERM
  if [ -z "$worker" ]; then end_turn
  elif [ "$program" = npm ]; then
    kill -KILL "$worker" 2>/dev/null || :
    wait "$worker" 2>/dev/null || :
    end_turn
  else say "$program goes on to its end"
  fi
  trap - EXIT
  exit "$1"
}
trap end_turn EXIT
trap 'leave 129' HUP
trap 'leave 130' INT
trap 'leave 143' TERM

# --- What is there, and how it is brought.

packages_are_fresh() {
  [ -x node_modules/.bin/node ] && [ -e node_modules/.package-lock.json ] &&
    [ -z "$(find package-lock.json -newer node_modules/.package-lock.json)" ]
}

install_packages() {
  say 'installing packages (npm ci)'
  run npm ci --include=dev --no-audit --no-fund --loglevel=error >&2
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
  if [ "$(id -u)" = 0 ]; then run "$@"
  elif ! has sudo; then say "this needs the rights of root: $*"; return 1
  elif [ "$terminal" = yes ]; then run sudo "$@"
  else run sudo -n "$@"; fi
}

manager() {
  for name in apt-get dnf apk pacman brew; do
    if has "$name"; then echo "$name"; return; fi
  done
}

apt_lists=old
install_now() {
  case $(manager) in
    apt-get)
      # The lists of a fresh machine are empty or old.
      if [ "$apt_lists" = old ]; then as_root apt-get -qq -o DPkg::Lock::Timeout=300 update; apt_lists=new; fi
      # Nothing of it is to run as a service: the programs are started by whoever needs them.
      as_root env DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1 RUNLEVEL=1 \
        apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --no-install-recommends "$@" ;;
    dnf) as_root dnf -q -y install "$@" ;;
    apk) as_root apk add --no-cache "$@" ;;
    pacman) as_root pacman -Sy --noconfirm --needed "$@" ;;
    brew) run brew install "$@" ;;
  esac </dev/null >&2
}

# Tries line after line of packages ($2) until the check passes: distributions differ in names and ages.
install_until() {
  check=$1
  while IFS= read -r package && [ -n "$package" ]; do
    say "installing $package ($(manager))"
    # shellcheck disable=SC2086 # several words: what belongs together
    install_now $package || say "$package could not be installed"
    "$check" && return 0
  done <<PACKAGES
$2
PACKAGES
  return 1
}

redis_packages() {
  case $(manager) in
    apt-get) printf '%s\n' redis-server valkey-server ;;
    dnf | apk | pacman) printf '%s\n' valkey redis ;;
    brew) printf '%s\n' redis valkey ;;
  esac
}

# A browser without any font draws no text, and its package only recommends some.
chromium_packages() {
  case $(manager) in
    apt-get) printf '%s\n' 'chromium fonts-liberation fonts-dejavu-core' chromium-browser ;;
    dnf) echo chromium liberation-fonts dejavu-sans-fonts ;;
    apk | pacman) echo chromium ttf-liberation ttf-dejavu ;;
    brew) echo google-chrome ;;
  esac
}

# Debian keeps it where only root's PATH leads.
in_sbin() { has "$1" || [ -x "${SBIN:-/usr/sbin}/$1" ]; }
haproxy_is_there() { in_sbin haproxy; }
haproxy_packages() { [ -z "$(manager)" ] || echo haproxy; }

# What devices are in the tests: a GPS receiver that was recorded (gpsfake, gpspipe, socat), and those behind a broker.
gps_is_there() { has gpsfake && has gpspipe && has socat && in_sbin gpsd; }
gps_packages() {
  case $(manager) in
    apt-get) printf '%s\n' 'gpsd gpsd-clients gpsd-tools python3-gps socat' 'gpsd gpsd-clients python3-gps socat' ;;
    dnf | apk) echo gpsd gpsd-clients socat ;;
    pacman | brew) echo gpsd socat ;;
  esac
}
broker_is_there() { has mosquitto_pub && in_sbin mosquitto; }
broker_packages() {
  case $(manager) in
    apt-get | apk) echo mosquitto mosquitto-clients ;;
    dnf | pacman | brew) echo mosquitto ;;
  esac
}

# A server of the tests' own. Debian keeps the programs beside each other, by version.
postgres_is_there() {
  has initdb && has postgres && return
  for folder in "${POSTGRES_LIB:-/usr/lib/postgresql}"/*/bin; do
    [ ! -x "$folder/initdb" ] || [ ! -x "$folder/postgres" ] || return 0
  done
  return 1
}
postgres_packages() {
  case $(manager) in
    apt-get | pacman) echo postgresql ;;
    dnf) echo postgresql-server ;;
    apk) printf '%s\n' postgresql17 postgresql16 ;;
    brew) echo postgresql ;;
  esac
}

# Whoever wants these as services had them before.
not_as_service() { ! has systemctl || as_root systemctl --quiet disable "$@" >&2 || :; }

# A validator of GTFS-realtime. It is in Python, which is not installed for its sake.
validator=node_modules/.cache/gtfs-rt-validator
validator_is_there() { ! has python3 || [ -e "$validator/gtfs_rt_validator" ]; }
install_validator() {
  say 'installing gtfs-rt-validator (pip)'
  run python3 -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
    --target "$validator" --requirement test/requirements.txt >&2
}

needs_redis() { [ -z "${REDIS_URL:-}" ] || [ "$tests" = yes ]; }
dashboard_is_there() { [ -e dist/web/index.html ]; }

nothing_is_missing() {
  packages_are_fresh || return
  ! needs_redis || redis_is_there || return
  [ "$dashboard" = no ] || dashboard_is_there || return
  [ "$tests" = no ] ||
    { chromium_is_there && haproxy_is_there && gps_is_there && broker_is_there && postgres_is_there && validator_is_there; }
}

bring_redis() {
  redis_is_there || install_until redis_is_there "$(redis_packages)" || {
    say 'no Redis of version 7.0 or later could be installed here. Install redis-server or valkey-server so that it is on the'
    say 'PATH, or run one elsewhere and name it:'
    say '  docker run --rm -p 127.0.0.1:6379:6379 redis:7.4-alpine'
    say '  REDIS_URL=redis://127.0.0.1:6379 npm start'
    exit 1
  }
}

bring_what_tests_need() {
  chromium_is_there || install_until chromium_is_there "$(chromium_packages)" || {
    say 'the browser tests need Chromium, and none could be installed here. Install chromium or google-chrome, or name one:'
    say '  CHROMIUM_PATH=/path/to/chromium npm test'
    exit 1
  }
  # Few tests need these, and they are skipped without them.
  haproxy_is_there || install_until haproxy_is_there "$(haproxy_packages)" ||
    say 'the tests of the load balancer are skipped: no haproxy could be installed here'
  gps_is_there || { install_until gps_is_there "$(gps_packages)" && not_as_service gpsd gpsd.socket; } ||
    say 'the test with a real GPS daemon is skipped: gpsd, gpsfake, gpspipe and socat could not be installed here'
  broker_is_there || { install_until broker_is_there "$(broker_packages)" && not_as_service mosquitto; } ||
    say 'the tests of the MQTT broker are skipped: no mosquitto could be installed here'
  postgres_is_there || { install_until postgres_is_there "$(postgres_packages)" && not_as_service postgresql; } ||
    say 'the tests of the archive in PostgreSQL are skipped: no postgresql could be installed here'
  validator_is_there || install_validator ||
    say 'the test with a validator of GTFS-realtime is skipped: pip could not install it here'
}

if ! nothing_is_missing; then
  wait_for_turn
  packages_are_fresh || install_packages
  ! needs_redis || bring_redis
  [ "$dashboard" = no ] || dashboard_is_there || run npm run -s build >&2
  [ "$tests" = no ] || bring_what_tests_need
  end_turn
fi

[ $# = 0 ] || exec "$@"
