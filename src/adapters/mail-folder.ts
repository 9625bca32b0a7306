import { mkdir, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { type Clock, type KeptMails, MailError, type Mailer } from '../ports.ts'

export interface MailFolder {
  folder: string
  /** The address mails are from, alone or as `Name <address>`. */
  from: string
  clock: Clock
}

/**
 * Mails become files that a mail program opens, whole or not at all; their names sort by time. They hold names and what is asked for, so
 * only their owner may read them.
 */
export function folderMailer({ folder, from, clock }: MailFolder): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  return {
    async send({ to, messageId, subject, text, html }) {
      try {
        const at = clock.now()
        const { message } = await transport.sendMail({ from, to: { name: '', address: to }, messageId, subject, text, html, date: at })
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const name = `${at.toISOString().replaceAll(':', '-')}-${messageId.slice(1, -1).replace(/[^\w.-]+/g, '-')}`
        await writeFile(join(folder, `${name}.draft`), message, { mode: 0o600 })
        await rename(join(folder, `${name}.draft`), join(folder, `${name}.eml`))
      } catch (error) {
        throw new MailError('unreachable', error instanceof Error ? error.message : String(error))
      }
    },
  }
}

/** The mails in a folder, by the age of their files; a folder that is not there yet has none. What another node removes first is removed. */
export function mailsInFolder(folder: string): KeptMails {
  return {
    async deleteOlderThan(at) {
      const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      })
      let removed = 0
      for (const name of names.filter((one) => /\.(eml|draft)$/.test(one))) {
        const path = join(folder, name)
        const { mtime } = await stat(path).catch(() => ({ mtime: at }))
        if (mtime >= at) continue
        await unlink(path).catch(() => undefined)
        removed++
      }
      return removed
    },
  }
}
