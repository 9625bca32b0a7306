import { access } from './access.ts'
import { administration } from './administration.ts'
import { approvals } from './approvals.ts'
import { home } from './home.ts'
import { parts } from './parts.ts'
import { profile } from './profile.ts'
import { request } from './request.ts'
import { requests } from './requests.ts'
import { shell } from './shell.ts'
import { timeline } from './timeline.ts'
import { why } from './why.ts'

/** Every message in English; ICU MessageFormat. The other languages have the same ids. */
export const en = {
  ...shell,
  ...parts,
  ...home,
  ...profile,
  ...approvals,
  ...requests,
  ...administration,
  ...request,
  ...access,
  ...timeline,
  ...why,
} as const

export type MessageId = keyof typeof en
