/** Made by web/build/operation-routes.ts from the operation table. */
declare module 'virtual:operations' {
  const routes: Record<string, [method: string, path: string, patch?: 1]>
  export default routes
}

/** Made by web/build/catalogs.ts from the messages of a language. */
declare module 'virtual:catalog/*' {
  const messages: import('@lingui/core').Messages
  export default messages
}

declare module '*.css'
