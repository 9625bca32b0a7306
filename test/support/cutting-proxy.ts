import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** How much of what the server sends comes through: so many bytes, or so many parts as they come. */
export interface Allowance {
  bytes: number
  parts: number
}

export interface CuttingProxy {
  port: number
  /** From now on each connection, open already or new, breaks when the server has sent so much more; undefined for never. */
  cutAfter(allowance: Partial<Allowance> | undefined): void
  /** How much the server has sent through since the last call, over all connections. */
  sent(): Allowance
  close(): Promise<void>
}

const UNLIMITED: Allowance = { bytes: Number.POSITIVE_INFINITY, parts: Number.POSITIVE_INFINITY }

/**
 * Stands between a client and a server, and breaks connections within an answer (after some bytes) or between two of them (after some parts):
 * the server has done what it was asked by then.
 */
export async function startCuttingProxy(server: { host: string; port: number }, port = 0): Promise<CuttingProxy> {
  let allowed = UNLIMITED
  let sent: Allowance = { bytes: 0, parts: 0 }
  const open = new Map<Socket, Allowance>()

  /** Lets through what is allowed; says whether the connection goes on. */
  function pass(data: Buffer, client: Socket, left: Allowance): void {
    sent = { bytes: sent.bytes + data.length, parts: sent.parts + 1 }
    const part = left.parts <= 0 ? Buffer.alloc(0) : data.subarray(0, Math.max(0, left.bytes))
    left.bytes -= data.length
    left.parts -= 1
    if (left.bytes >= 0 && left.parts > 0) client.write(part)
    // What was let through is to arrive before the end.
    else client.end(part, () => client.destroy())
  }

  const proxy = createServer((client) => {
    const left = { ...allowed }
    const upstream = connect(server.port, server.host)
    open.set(client, left)
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.on('data', (data) => upstream.write(data))
    upstream.on('data', (data) => pass(data, client, left))
    upstream.on('close', () => client.end())
    client.on('close', () => {
      open.delete(client)
      upstream.destroy()
    })
  })
  await new Promise<void>((done) => proxy.listen(port, '127.0.0.1', done))
  return {
    port: (proxy.address() as AddressInfo).port,
    cutAfter: (allowance) => {
      allowed = { ...UNLIMITED, ...allowance }
      for (const left of open.values()) Object.assign(left, allowed)
    },
    sent: () => {
      const before = sent
      sent = { bytes: 0, parts: 0 }
      return before
    },
    close: () =>
      new Promise((done) => {
        for (const socket of open.keys()) socket.destroy()
        proxy.close(() => done())
      }),
  }
}
