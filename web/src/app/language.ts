import { keep, kept } from '../parts/keep.ts'
import { type Language, languages, speak } from '../text/text.tsx'

const key = 'countersign.language'

/** The language chosen here before, else the first that the browser asks for and we have. */
export function firstLanguage(): Language {
  const asked = [kept(key), ...navigator.languages].map((one) => one?.slice(0, 2))
  return languages.find((language) => language === asked.find((one) => languages.some((known) => known === one))) ?? 'en'
}

/** Speaks the language, with numbers and dates as the reader's region writes them where it is one of that language. */
export async function chooseLanguage(language: Language, remember: boolean): Promise<void> {
  if (remember) keep(key, language)
  await speak(language, navigator.languages.find((one) => one.startsWith(language)) ?? language)
}
