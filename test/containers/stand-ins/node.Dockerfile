# In place of node:<version>-bookworm-slim: the same Node and npm, from the npm registry, on Debian. npm trusts whom this
# machine trusts, for its network may have a proxy with a certificate of its own.
FROM watchfloor-debian
COPY certificates.pem /usr/local/lib/node_modules/certificates.pem
ENV NODE_EXTRA_CA_CERTS=/usr/local/lib/node_modules/certificates.pem
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && useradd --uid 1000 --create-home node
CMD ["node"]
