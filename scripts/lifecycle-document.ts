import {
  approvalMoves,
  assignmentMoves,
  driftMoves,
  itemMoves,
  stepMoves,
  switchMoves,
  syncMoves,
  workItemMoves,
} from '../src/domain/lifecycle.ts'

export type MoveTable = Record<string, Record<string, string>>

/** Every table of states: what it is of, where the database keeps the state, and its moves. */
export const lifecycles: { title: string; about: string; table: string; moves: MoveTable }[] = [
  {
    title: 'Requested item',
    about: 'One item in a request: decided, provisioned, cancelled and reported on its own.',
    table: 'requested_item',
    moves: itemMoves,
  },
  { title: 'Approval', about: 'One question put to one approver or group.', table: 'approval', moves: approvalMoves },
  { title: 'Provisioning step', about: 'One value on one account at one target.', table: 'provisioning_step', moves: stepMoves },
  { title: 'Assignment', about: 'The fact that a recipient holds an item.', table: 'assignment', moves: assignmentMoves },
  { title: 'Synchronisation', about: 'One reading of all that a target has.', table: 'source_sync', moves: syncMoves },
  { title: 'Drift', about: 'A value that came or went behind our back.', table: 'source_drift', moves: driftMoves },
  {
    title: 'Account switch',
    about: 'One account that is disabled, or enabled again, at its target.',
    table: 'account_switch',
    moves: switchMoves,
  },
  { title: 'Work item', about: 'A step that a person does by hand.', table: 'work_item', moves: workItemMoves },
]

function diagramOf(moves: MoveTable): string {
  const states = Object.keys(moves)
  const arrows = states.flatMap((from) => {
    const targets = Object.entries(moves[from] ?? {})
    const together = [...new Set(targets.map(([, to]) => to))]
    return together.map((to) => `  ${from} --> ${to}: ${targets.flatMap(([move, target]) => (target === to ? [move] : [])).join(', ')}`)
  })
  const ends = states.filter((state) => Object.keys(moves[state] ?? {}).length === 0).map((state) => `  ${state} --> [*]`)
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${states[0]}`, ...arrows, ...ends, '```'].join('\n')
}

/** The text of docs/lifecycle.md. A test compares the file with it. */
export function lifecycleDocument(): string {
  const head = `# Lifecycles

Every state and every move out of it, drawn from the tables in \`src/domain/lifecycle.ts\`. Nothing else changes a state, and a move that is not
drawn is refused with \`conflict\`. Write this file anew with \`npm run docs:lifecycle\`; a test fails while it differs from the tables.
`
  const sections = lifecycles.map(
    ({ title, about, table, moves }) => `## ${title}\n\n${about} Kept in \`${table}.state\`.\n\n${diagramOf(moves)}\n`,
  )
  return [head, ...sections].join('\n')
}
