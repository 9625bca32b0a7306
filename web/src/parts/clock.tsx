import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'

/** How far business time is from this machine's, and whether it stands still. */
export interface BusinessClock {
  /** What business time was when the server was asked. */
  at: number
  /** What this machine's clock showed then. */
  askedAt: number
  held: boolean
}

/** The only place that asks this machine for the time. Everything shown goes by business time, which a sandbox can hold and move. */
export function machineNow(): number {
  return Date.now()
}

function businessNow(clock: BusinessClock | undefined): number {
  if (clock === undefined) return machineNow()
  return clock.held ? clock.at : clock.at + machineNow() - clock.askedAt
}

const Now = createContext(0)
const tickMs = 30_000

/** Tells everything below what time it is, twice a minute. */
export function ClockProvider({ clock, children }: { clock: BusinessClock | undefined; children: ReactNode }) {
  const [now, setNow] = useState(() => businessNow(clock))
  useEffect(() => {
    setNow(businessNow(clock))
    const timer = setInterval(() => setNow(businessNow(clock)), tickMs)
    return () => clearInterval(timer)
  }, [clock])
  return <Now.Provider value={now}>{children}</Now.Provider>
}

/** Business time in milliseconds, as of the last half minute. */
export function useNow(): number {
  return useContext(Now)
}
