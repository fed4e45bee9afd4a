# In place of redis:<version>-alpine: Debian's Redis, with the user, the folder and the command of the official image.
FROM watchfloor-debian
RUN apt-get update && apt-get install -y --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/*
RUN install -d -o redis -g redis /data
VOLUME /data
WORKDIR /data
EXPOSE 6379
CMD ["redis-server"]
