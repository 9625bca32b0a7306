/** Chance that is the same for the same seed: numbers from 0 up to 1. */
export function random(from: number): () => number {
  let state = from
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
