import type { TestProject } from 'vitest/node'
import { startProduct } from './product.ts'
import type {} from './servers.ts'

/** Gives every worker of the browser tests its sandboxes, which live as long as the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const pairs = await Promise.all(
    Array.from({ length: project.config.maxWorkers }, () =>
      Promise.all([startProduct(), startProduct(['sandbox'], { COUNTERSIGN_DEMO: 'year' })]),
    ),
  )
  project.provide(
    'servers',
    pairs.map(([product, withYear]) => ({ portalUrl: product.url, portalFolder: product.folder, yearUrl: withYear.url })),
  )
  return async () => {
    await Promise.all(pairs.flat().map((product) => product.remove()))
  }
}
