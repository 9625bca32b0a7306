import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { makeCertificate } from './certificate.ts'

export interface PostgresOverTls {
  port: number
  certificate: string
  stop(): Promise<void>
}

/** Puts TLS, as PostgreSQL negotiates it, in front of a server that has none. */
export async function startPostgresOverTls(server: { host: string; port: number }): Promise<PostgresOverTls> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-tls-'))
  const files = makeCertificate(folder)
  const [key, certificate] = [readFileSync(files.keyFile), readFileSync(files.certificateFile, 'utf8')]
  rmSync(folder, { recursive: true })
  const proxy = createServer((socket) => {
    socket.on('error', () => undefined)
    // The first message asks for TLS; S says that it may begin.
    socket.once('data', () => {
      socket.write('S')
      joinBoth(new TLSSocket(socket, { isServer: true, key, cert: certificate }), connect(server.port, server.host))
    })
  })
  await new Promise<void>((done) => proxy.listen(0, '0.0.0.0', done))
  return {
    port: (proxy.address() as AddressInfo).port,
    certificate,
    stop: () => new Promise((done) => void proxy.close(() => done())),
  }
}

function joinBoth(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
    from.pipe(to)
  }
}
