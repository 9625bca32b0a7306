import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { firstPageBudget } from './build/budget.ts'
import { messageCatalogs } from './build/catalogs.ts'
import { compressed } from './build/compressed.ts'
import { operationRoutes } from './build/operation-routes.ts'
import { onlyOurLanguages } from './build/widget-languages.ts'

/** Where `npm run dev:web` finds the server whose API it shows. */
const server = 'http://127.0.0.1:8080'

export default defineConfig({
  root: import.meta.dirname,
  // Whatever a script adds as a style carries the nonce of the page: the server puts a new one there each time.
  html: { cspNonce: '__CSP_NONCE__' },
  plugins: [react(), operationRoutes(), messageCatalogs(), onlyOurLanguages(), firstPageBudget(), compressed()],
  build: {
    outDir: join(import.meta.dirname, '..', 'dist', 'web'),
    emptyOutDir: true,
    // Nothing is inlined: the Content-Security-Policy allows what the server serves and nothing else.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ['chrome123', 'firefox121', 'safari17.5'],
  },
  server: { proxy: { '^/(beta|v3|v20\\d\\d|oauth|countersign|health)/|^/[a-z-]+/v\\d+(/|$)': server } },
})
