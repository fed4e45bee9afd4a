# In place of postgres:<version>-alpine: Debian's PostgreSQL, with the user and the folder of the official image, and what
# its start does.
FROM watchfloor-debian
RUN apt-get update && apt-get install -y --no-install-recommends postgresql && rm -rf /var/lib/apt/lists/* \
  && ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/ && install -d -o postgres -m 700 /var/lib/postgresql/data \
  && install -d -o postgres -g postgres -m 3777 /var/run/postgresql
COPY postgres.sh /usr/local/bin/
VOLUME /var/lib/postgresql/data
STOPSIGNAL SIGINT
CMD ["postgres.sh"]
