import { useEffect, useRef, useState } from 'react'
import { SearchField, type SearchFieldProps } from './fields.tsx'
import { told } from './told.ts'

/** Somebody who types goes on; the address is told when they pause. */
const pauseMs = 150

/**
 * A field for searching whose words stand in the address. What is typed stays as it is typed: the address comes later, and takes the field
 * over only when it says something that did not come from here.
 */
export function AddressSearch({ value, onChange, ...rest }: SearchFieldProps) {
  const [typed, setTyped] = useState(value)
  const latest = useRef(onChange)
  latest.current = onChange
  const sent = useRef(told(value))
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    if (sent.current.isOwn(value)) return
    clearTimeout(timer.current)
    setTyped(value)
  }, [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  const type = (next: string) => {
    setTyped(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      sent.current.tell(next)
      latest.current(next)
    }, pauseMs)
  }
  return <SearchField {...rest} value={typed} onChange={type} />
}
