# One image for nodes and simulators: `node server/main.ts` is the default, `node simulators/main.ts` the other.
FROM node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20 AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS dashboard
RUN npm ci
COPY tsconfig.json vite.config.ts ./
COPY start start
COPY data data
COPY wire wire
COPY web web
RUN npm run build

# The image has its own Node, so the pinned one among the development packages is left out with the others.
FROM base AS packages
RUN npm ci --omit=dev

FROM node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY package.json ./
COPY --from=packages /app/node_modules node_modules
COPY --from=dashboard /app/dist/web dist/web
COPY data data
COPY wire wire
COPY formats formats
COPY redis redis
COPY archive archive
COPY feed feed
COPY archive archive
COPY server server
COPY simulators simulators
# Simulated devices connect by the client that is given to people.
COPY docs/device.ts docs/device-line.ts docs/node-clock.ts docs/
# Where a volume for the floor's secret is put; it begins with these rights.
RUN install -d -o node -m 700 /data
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "server/main.ts"]
