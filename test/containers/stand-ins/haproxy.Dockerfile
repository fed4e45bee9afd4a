# In place of haproxy:<version>-alpine: Debian's HAProxy, with wget, the user and the command of the official image.
FROM watchfloor-debian
RUN apt-get update && apt-get install -y --no-install-recommends haproxy wget && rm -rf /var/lib/apt/lists/*
STOPSIGNAL SIGUSR1
USER haproxy
CMD ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
