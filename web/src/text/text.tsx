import type { I18n, Messages } from '@lingui/core'
import { setupI18n } from '@lingui/core'
import { I18nProvider, useLingui } from '@lingui/react'
import type { ReactNode } from 'react'
import type { MessageId } from './en/en.ts'

export type { MessageId }
export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]
export type Values = Record<string, string | number | undefined>
/** Gives the message in the reader's language. */
export type Say = (id: MessageId, values?: Values) => string

const catalogs: Record<Language, () => Promise<{ default: Messages }>> = {
  en: () => import('virtual:catalog/en'),
  de: () => import('virtual:catalog/de'),
}

export const i18n: I18n = setupI18n()

/** Loads the messages of a language and shows them; `locale` says how numbers and dates are written (`en-GB`). */
export async function speak(language: Language, locale: string): Promise<void> {
  const { default: messages } = await catalogs[language]()
  i18n.load(language, messages)
  i18n.activate(language, [locale])
  document.documentElement.lang = language
}

export function TextProvider({ children }: { children: ReactNode }) {
  return <I18nProvider i18n={i18n}>{children}</I18nProvider>
}

/** The messages, for a component; it is drawn again when the language changes, and gets the same function until then. */
export function useText(): Say {
  return useLingui().i18n.locale === 'de' ? say.de : say.en
}

const speaker = (): Say => (id, values) => i18n._(id, values)
/** One for each language, so that whoever keeps what it said knows when that is old. */
const say: Record<Language, Say> = { en: speaker(), de: speaker() }

/** How dates and numbers are written for this reader. */
export function useLocale(): string {
  return localeOf(useLingui().i18n)
}

/** The same, for what is no component and is asked anew whenever the language changes. */
export function localeNow(): string {
  return localeOf(i18n)
}

function localeOf({ locales, locale }: I18n): string {
  return locales?.[0] ?? locale
}
