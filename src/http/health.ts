import type { FastifyInstance } from 'fastify'
import type { App } from './app.ts'

/** Is the process there (live), and can it work (ready: the database answers)? */
export function healthRoutes(server: FastifyInstance, app: App): void {
  server.get('/health/live', async () => ({ status: 'UP' }))
  server.get('/health/ready', async (_request, reply) => {
    try {
      await app.db.ping()
      return { status: 'UP' }
    } catch {
      return reply.code(503).send({ status: 'DOWN', reason: 'the database does not answer' })
    }
  })
}
