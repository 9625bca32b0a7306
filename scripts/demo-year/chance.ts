/** Chance that falls the same way every time. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return this.#state / 2 ** 32
  }

  /** True so often. */
  happens(share: number): boolean {
    return this.next() < share
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  oneOf<T>(all: readonly T[]): T {
    return all[Math.min(all.length - 1, Math.floor(this.next() * all.length))] as T
  }

  /** One of them, each as often as its weight says. */
  weighted<T>(all: readonly T[], weight: (one: T) => number): T {
    let left = this.next() * all.reduce((sum, one) => sum + weight(one), 0)
    for (const one of all) {
      left -= weight(one)
      if (left <= 0) return one
    }
    return all.at(-1) as T
  }

  /** A waiting time of this mean: mostly short, now and then long. */
  wait(mean: number): number {
    return -Math.log(1 - this.next() * 0.999) * mean
  }
}
