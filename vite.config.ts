import { defineConfig } from 'vite'

/** Where `npm run dev` runs the node that the dashboard talks to. */
const node = `127.0.0.1:${process.env.PORT || 3000}`

/** The dashboard: built from `web` into `dist/web`, which the server serves. */
export default defineConfig({
  root: 'web',
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 450,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: {
    port: 5173,
    fs: { allow: ['..'] },
    proxy: { '/api': `http://${node}`, '/socket.io': { target: `ws://${node}`, ws: true } },
  },
})
