import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { countBacklog } from '../store/jobs.ts'
import { countUnsent } from '../store/notifications.ts'
import type { App } from './app.ts'

/** Prometheus metrics at /metrics: the process, calls by route and status, work that waits. Nothing about persons. */
export function metricsRoutes(server: FastifyInstance, app: App): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const calls = new Histogram({
    name: 'countersign_http_seconds',
    help: 'Time to answer a call, in seconds',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  const waiting = new Gauge({ name: 'countersign_jobs_waiting', help: 'Jobs that are due', registers: [registry] })
  const late = new Gauge({ name: 'countersign_jobs_oldest_seconds', help: 'How late the oldest due job is', registers: [registry] })
  const unsent = new Gauge({ name: 'countersign_mail_oldest_seconds', help: 'How long the oldest mail has waited', registers: [registry] })
  const givenUp = new Gauge({ name: 'countersign_mail_failed', help: 'Notices that no mail server took', registers: [registry] })
  const pool = new Gauge({
    name: 'countersign_database_connections',
    help: 'Connections of the pool',
    labelNames: ['state'],
    registers: [registry],
  })
  server.addHook('onResponse', async (request, reply) => {
    // A stream of events is as long as a page is open.
    if (String(reply.getHeader('content-type')).startsWith('text/event-stream')) return
    const route = request.routeOptions.url ?? 'unknown'
    calls.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000)
  })
  server.get('/metrics', async (_request, reply) => {
    const backlog = await countBacklog(app.db)
    waiting.set(backlog.waiting)
    late.set(backlog.oldestSeconds)
    const mail = await countUnsent(app.db)
    unsent.set(mail.oldestSeconds)
    givenUp.set(mail.failed)
    const { totalCount, idleCount, waitingCount } = app.db.pool
    pool.set({ state: 'open' }, totalCount)
    pool.set({ state: 'idle' }, idleCount)
    pool.set({ state: 'waited-for' }, waitingCount)
    return reply.header('Content-Type', registry.contentType).send(await registry.metrics())
  })
}
