interface Told {
  /** Remembers what was told. */
  tell(value: string): void
  /** True for what was told and comes back; false for what somebody else says, which is then the last that counts. */
  isOwn(value: string): boolean
}

/** Tells apart what comes back of what one said, perhaps late, from what others say; `first` is how it begins. */
export function told(first: string): Told {
  let open = [first]
  return {
    tell: (value) => {
      open.push(value)
    },
    isOwn: (value) => {
      const at = open.indexOf(value)
      open = at < 0 ? [value] : open.slice(at)
      return at >= 0
    },
  }
}
