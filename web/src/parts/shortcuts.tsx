import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { MessageId } from '../text/text.tsx'
import { keep, kept } from './keep.ts'

export interface Shortcut {
  /** One key, or two that are pressed one after the other: `g a`. */
  keys: string
  text: MessageId
  run(): void
}

interface Group {
  title: MessageId
  shortcuts: Shortcut[]
}

const storageKey = 'countersign.shortcuts'
/** How long the second key of two may take. */
const pairMs = 1_500

let groups: Group[] = []
let isOn = kept(storageKey) !== 'off'
let first: { key: string; at: number } | undefined
const listeners = new Set<() => void>()

function changed(): void {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Every shortcut that works on this page now. */
export function useShortcutGroups(): readonly Group[] {
  return useSyncExternalStore(subscribe, () => groups)
}

/** Single keys can be in the way of speech input, so they can be turned off. */
export function useShortcutsAreOn(): boolean {
  return useSyncExternalStore(subscribe, () => isOn)
}

export function turnShortcuts(on: boolean): void {
  isOn = on
  keep(storageKey, on ? null : 'off')
  changed()
}

/** Lets keys do something while the caller is on the screen, and lists them under a title in the help. */
export function useShortcuts(title: MessageId, shortcuts: Shortcut[]): void {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const listed = shortcuts.map(({ keys, text }) => `${keys}\n${text}`).join('\n\n')
  useEffect(() => {
    const rows = listed === '' ? [] : listed.split('\n\n').map((row) => row.split('\n') as [string, MessageId])
    const run = (keys: string) => latest.current.find((one) => one.keys === keys)?.run()
    const group = { title, shortcuts: rows.map(([keys, text]) => ({ keys, text, run: () => run(keys) })) }
    groups = [...groups, group]
    changed()
    return () => {
      groups = groups.filter((one) => one !== group)
      changed()
    }
  }, [title, listed])
}

/** Listens for the keys of all shortcuts; once, in the shell. */
export function useShortcutKeys(): void {
  useEffect(() => {
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

function onKey(event: KeyboardEvent): void {
  if (!isOn || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusyWithKeys(event.target)) return
  const pair = first && event.timeStamp - first.at < pairMs ? `${first.key} ${event.key}` : undefined
  // What was told last is the nearest to what one looks at.
  const all = groups.flatMap(({ shortcuts }) => shortcuts).reverse()
  const found = all.find(({ keys }) => keys === pair) ?? all.find(({ keys }) => keys === event.key)
  first =
    found === undefined && all.some(({ keys }) => keys.startsWith(`${event.key} `)) ? { key: event.key, at: event.timeStamp } : undefined
  if (found === undefined) return
  event.preventDefault()
  found.run()
}

/** Who writes, or answers a dialog, needs the keys for that. */
function isBusyWithKeys(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (document.querySelector('[role=dialog],[role=listbox],[role=menu]') !== null) return true
  return target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select')
}
