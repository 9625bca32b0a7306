import { Type } from 'typebox'
import type { Operation } from './operation.ts'
import { enumOf, Flag, Instant, nullable, Text } from './schema.ts'

const Person = Type.Object({
  id: Text,
  name: Text,
  alias: Text,
  email: nullable(Text),
  department: nullable(Text),
  managerId: nullable(Text),
  isAdmin: Flag,
  managerOf: Type.Integer({ description: 'How many active people they manage.' }),
})

/** Who is here, and where. */
export const Session = Type.Object({
  person: { ...nullable(Person), description: 'The caller; null for nobody, or for a client that speaks for no person.' },
  session: {
    ...nullable(
      Type.Object({
        method: enumOf(['OPENID', 'SANDBOX'], { description: 'How they proved who they are.' }),
        startedAt: Instant,
        endsAt: { ...Instant, description: 'It ends then, whatever they do.' },
        idleMs: Type.Integer({ description: 'It also ends after so many milliseconds without a call.' }),
      }),
    ),
    description: 'The browser session; null for a token.',
  },
  mode: enumOf(['sandbox', 'production']),
  tenantName: Text,
  locale: Type.String({ description: 'The language the browser asked for first, such as de-CH.' }),
  clock: Type.Object({ now: { ...Instant, description: 'Business time, which a sandbox may hold.' }, held: Flag }),
  signIn: Type.Object({
    openId: { ...nullable(Text), description: 'Where a browser goes to sign in with OpenID Connect; null where that is not set up.' },
    sandbox: { ...nullable(Text), description: 'Where anybody can be anybody; null in production.' },
  }),
})

/** A person that a sandbox lets one be. */
const SandboxPerson = Type.Object({ ...Person.properties })

const own = { dialects: ['v2026'], own: true, scopes: [] } as const

export const sessionOperations = {
  getSession: {
    ...own,
    method: 'GET',
    path: '/session',
    tag: 'Session',
    summary: 'Who is calling, where they are, and how one can sign in. Answers anybody.',
    levels: ['ANYBODY'],
    status: 200,
    answer: Session,
  },
  endSession: {
    ...own,
    method: 'POST',
    path: '/session/end',
    tag: 'Session',
    summary: 'Sign out: the session ends and its cookie is taken away.',
    levels: ['ANYBODY'],
    status: 204,
    answer: null,
  },
  signIn: {
    ...own,
    method: 'GET',
    path: '/sign-in',
    tag: 'Session',
    summary:
      'Where a browser goes to sign in: sends it to the OpenID provider, and afterwards back to `return`. What fails leads to /sign-in?problem=….',
    levels: ['ANYBODY'],
    query: { return: Type.Optional(Type.String({ description: 'The path of a page here to come back to, such as /approvals.' })) },
    status: 302,
    answer: null,
  },
  signInCallback: {
    ...own,
    method: 'GET',
    path: '/sign-in/callback',
    tag: 'Session',
    summary: 'Where the OpenID provider sends the browser back to. This address is registered at the provider.',
    levels: ['ANYBODY'],
    query: {
      code: Type.Optional(Text),
      state: Type.Optional(Text),
      iss: Type.Optional(Text),
      error: Type.Optional(Text),
      error_description: Type.Optional(Text),
    },
    status: 302,
    answer: null,
  },
  listSandboxPeople: {
    ...own,
    sandboxOnly: true,
    method: 'GET',
    path: '/sandbox/people',
    tag: 'Sandbox',
    summary: 'The people one can be in a sandbox.',
    levels: ['ANYBODY'],
    query: {
      q: Type.Optional(Type.String({ maxLength: 200, description: 'Part of a name, an alias or a department.' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 250, default: 50 })),
    },
    status: 200,
    answer: Type.Array(SandboxPerson),
  },
  startSandboxSession: {
    ...own,
    sandboxOnly: true,
    method: 'POST',
    path: '/sandbox/session',
    tag: 'Sandbox',
    summary: 'Be a person of the sandbox: sets the cookie of a new session.',
    levels: ['ANYBODY'],
    body: Type.Object({ personId: Type.String({ minLength: 1, maxLength: 200 }) }, { additionalProperties: false }),
    status: 200,
    answer: Session,
  },
} as const satisfies Record<string, Operation>
