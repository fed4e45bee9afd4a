# One image for nodes and simulators: `node server/main.ts` is the default, `node simulators/main.ts` the other.
# Where images are not pulled from the usual place, name yours: --build-arg NODE_IMAGE=...
ARG NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20
FROM ${NODE_IMAGE} AS base
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

# The image has its own Node, so the pinned one among the development packages is left out with the others. Of each
# package goes what nobody reads at run time: types, maps, pages (but licences), tests, examples.
FROM base AS packages
RUN npm ci --omit=dev && rm -rf node_modules/@types \
  && find node_modules -type d \( -name test -o -name tests -o -name examples -o -name docs \) -prune -exec rm -rf {} + \
  && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \
    -o -name '*.test.ts' -o -iname '*.md' ! -iname '*licen[cs]e*' \) -delete

# Node without what installs packages and builds them.
FROM ${NODE_IMAGE} AS runtime
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /opt/yarn* \
  /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn*
# Where volumes are put: for the floor's secret, and for the archive's password. They begin with these rights.
RUN install -d -o node -m 700 /data && install -d -o node -m 755 /secrets

FROM scratch
COPY --from=runtime / /
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
COPY server server
COPY simulators simulators
# Simulated devices connect by the client that is given to people.
COPY docs/device.ts docs/device-line.ts docs/node-clock.ts docs/
USER node
EXPOSE 3000
CMD ["node", "--max-semi-space-size=8", "server/main.ts"]
