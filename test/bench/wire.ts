import { connect, type Socket } from 'node:net'

/** What a caller needs to know of an answer. */
export interface Reply {
  status: number
  json: ReturnType<typeof JSON.parse>
}

interface Waiting {
  resolve(reply: Reply): void
  reject(error: Error): void
}

const HEAD_END = '\r\n\r\n'

/**
 * One connection to the product: one call after the other, written and read as plain text. It costs a tenth of a client of Node's, and what callers
 * cost is taken from the product where they share its processors.
 */
export class Wire {
  private readonly port: number
  private socket: Socket | undefined
  private received = ''
  private waiting: Waiting | undefined

  constructor(port: number) {
    this.port = port
  }

  /** Sends one call; anything but success is an error. */
  async call(token: string, method: string, path: string, body?: unknown): Promise<Reply> {
    const text = body === undefined ? '' : JSON.stringify(body)
    const type = body === undefined ? '' : 'Content-Type: application/json\r\n'
    const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n${type}Content-Length: ${Buffer.byteLength(text)}`
    const answered = new Promise<Reply>((resolve, reject) => {
      this.waiting = { resolve, reject }
    })
    // The server closes a connection that was idle for long, as while a million requests are being stored.
    this.socket ??= this.open()
    this.socket.write(`${head}${HEAD_END}${text}`)
    const reply = await answered
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.json).slice(0, 500)}`)
    return reply
  }

  close(): void {
    this.waiting = undefined
    this.socket?.destroy()
  }

  private open(): Socket {
    const socket = connect({ host: '127.0.0.1', port: this.port, noDelay: true })
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.take(text))
    socket.on('error', (error) => this.waiting?.reject(error))
    socket.on('close', () => {
      this.socket = undefined
      this.waiting?.reject(new Error('the connection was closed'))
    })
    return socket
  }

  private take(text: string): void {
    this.received += text
    const end = this.received.indexOf(HEAD_END)
    if (end < 0) return
    const head = this.received.slice(0, end)
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
    const from = end + HEAD_END.length
    if (this.received.length < from + length) return
    const body = Buffer.from(this.received.slice(from, from + length), 'latin1').toString()
    this.received = this.received.slice(from + length)
    const waiting = this.waiting
    this.waiting = undefined
    waiting?.resolve({ status: Number(head.slice(9, 12)), json: body === '' ? undefined : JSON.parse(body) })
  }
}
