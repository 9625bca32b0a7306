import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Order, Report } from './callers.ts'

/** The process in which the callers are (callers.ts); it does one thing at a time. */
export class CallersProcess {
  private readonly child: ChildProcess

  /** Starts it from the bundle beside this one. */
  constructor() {
    this.child = fork(join(import.meta.dirname, 'callers.mjs'))
  }

  /** Has it do something; what fails there fails here. */
  async order(order: Order): Promise<Report> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('the callers have ended'))
      this.child.once('exit', ended)
      this.child.once('message', (report: Report | { error: string }) => {
        this.child.off('exit', ended)
        if ('error' in report) reject(new Error(report.error))
        else resolve(report)
      })
      this.child.send(order)
    })
  }

  stop(): void {
    this.child.kill()
  }
}
