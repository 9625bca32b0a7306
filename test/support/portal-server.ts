import type { TestProject } from 'vitest/node'
import { startProduct } from './product.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A sandbox with the demo organisation, for tests that leave nothing behind that others would stumble over. */
    portalUrl: string
    /** Where it keeps its data, and those of the target. */
    portalFolder: string
  }
}

/** Gives every browser test the same sandbox, which lives as long as the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const product = await startProduct()
  project.provide('portalUrl', product.url)
  project.provide('portalFolder', product.folder)
  return () => product.remove()
}
