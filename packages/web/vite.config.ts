/** How the web app is built: static files without any inline script, as the server's CSP asks. */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  // `npm run dev` shows the app of a server that runs beside it; the server answers its own origin only.
  server: {
    proxy: {
      '/api': { target: server, changeOrigin: true, headers: { origin: server } },
      '/ws': { target: server, changeOrigin: true, headers: { origin: server }, ws: true },
    },
  },
  // `sallyport` takes the client and the protocol from their TypeScript, so that no package has to be built before.
  resolve: { conditions: ['sallyport', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2023',
    sourcemap: false,
    // A data: URL for a font or script would be refused by the CSP.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        manualChunks(id) {
          if (/node_modules\/(yjs|y-protocols|lib0)\//.test(id)) return 'document'
          if (/node_modules\/(@tiptap|prosemirror-|linkifyjs|@mantine\/tiptap)/.test(id)) return 'editor'
          if (/node_modules\/(react|react-dom|scheduler|@mantine|@floating-ui|@tanstack)\//.test(id)) return 'interface'
          return undefined
        },
      },
    },
    chunkSizeWarningLimit: 900,
  },
})
