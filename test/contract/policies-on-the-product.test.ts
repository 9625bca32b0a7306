import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { beginScenario, firstPolicies, happen, type Stage } from '../../src/domain/scenario/run-scenario.ts'
import type { Scenario } from '../../src/domain/scenario/scenario.ts'
import { checkStanding, standingInTrial } from '../../src/domain/scenario/scenario-checks.ts'
import { isCheck, isDeed, type ScenarioEvent } from '../../src/domain/scenario/scenario-events.ts'
import type { Ending, Trial } from '../../src/domain/scenario/trial.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { readScenarioFiles } from '../support/scenario-files.ts'
import { act, ask, change, type Play, setScene, setStage, standing, stateOnTheWire } from '../support/scenario-on-product.ts'
import { writeWorlds } from '../support/world-files.ts'

/**
 * Every scenario under test/policies, played on the product beside the simulator that `countersign policy test` uses: after each event both
 * stand alike (who is asked and why, who agreed, what happened before, how it ends), and what one refuses the other refuses.
 */

const files = (await readScenarioFiles()).map((one, index) => ({ ...one, prefix: `s${String(index + 1).padStart(2, '0')}.` }))

let app: TestApp
let staged = ''
beforeAll(async () => {
  const folder = writeWorlds(files.map(({ prefix, stage }) => ({ prefix, world: stage.table.world })))
  app = await startApp({ movableClock: true, organisation: folder })
  rmSync(folder, { recursive: true })
}, 120_000)
afterAll(() => app?.close())

for (const { file, stage, prefix } of files) {
  for (const scenario of stage.table.scenarios) test(`${file} ${scenario.title}`, () => play(file, prefix, stage, scenario))
}

async function play(file: string, prefix: string, stage: Stage, scenario: Scenario): Promise<void> {
  const world = { prefix, world: stage.table.world }
  const isFirst = staged !== file
  if (isFirst) await setStage(app, world)
  staged = file
  const first = firstPolicies(stage)
  // What no scenario changes is applied once.
  await setScene(app, world, isFirst || first.length < stage.policies.length ? first : [])
  const trial = beginScenario(stage, scenario)
  const made = await ask(app, world, scenario.ask)
  if (typeof trial === 'string' || typeof made === 'string') {
    expect([trial, made]).toEqual([expect.stringContaining(scenario.refused ?? ''), expect.stringContaining(scenario.refused ?? '')])
    expect(scenario.refused).not.toBeNull()
    return
  }
  expect(scenario.refused).toBeNull()
  expect(await standing(made)).toEqual(standingInTrial(trial))
  for (const event of scenario.events) await playOn(made, trial, event, stage)
  await readOnTheWire(made, trial, scenario)
}

async function playOn(play: Play, trial: Trial, event: ScenarioEvent, stage: Stage): Promise<void> {
  const place = `line ${event.line}`
  const before = trial.now
  expect(happen(trial, event, stage), place).toBeNull()
  if (isDeed(event)) {
    const refused = await act(play, event)
    expect(refused, place).toEqual(event.refused ? expect.stringContaining(event.because ?? '') : null)
  } else if (isCheck(event)) {
    const found = await standing(play)
    expect(found && checkStanding(found, event), place).toBeNull()
  } else {
    await change(play, event, before, stage.policies)
  }
  expect(await standing(play), place).toEqual(standingInTrial(trial))
}

const wireStates: Record<Ending, string[]> = {
  waiting: ['EXECUTING'],
  approved: ['EXECUTING', 'REQUEST_COMPLETED'],
  rejected: ['REJECTED'],
  expired: ['REJECTED'],
  cancelled: ['CANCELLED'],
}

async function readOnTheWire(play: Play, trial: Trial, scenario: Scenario): Promise<void> {
  const state = await stateOnTheWire(play, scenario)
  if (state !== undefined) expect(wireStates[trial.ending]).toContain(state)
}
