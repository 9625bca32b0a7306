import type { TestProject } from 'vitest/node'
import { startProduct } from './product.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A sandbox with the demo organisation, for tests that leave nothing behind that others would stumble over. */
    portalUrl: string
    /** Where it keeps its data, and those of the target. */
    portalFolder: string
    /** Another, in which a year has passed, so that every page has something to show. */
    yearUrl: string
  }
}

/** Gives every browser test the same sandboxes, which live as long as the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [product, withYear] = await Promise.all([startProduct(), startProduct(['sandbox'], { COUNTERSIGN_DEMO: 'year' })])
  project.provide('portalUrl', product.url)
  project.provide('portalFolder', product.folder)
  project.provide('yearUrl', withYear.url)
  return async () => {
    await Promise.all([product.remove(), withYear.remove()])
  }
}
