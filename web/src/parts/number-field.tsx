import { TextField } from './fields.tsx'

interface NumberFieldProps {
  label: string
  value: string
  onChange(value: string): void
  least: number
  most: number
  /** Said when what stands there is no such number. */
  error: string
  hint?: string
  /** May be left empty. */
  isOptional?: boolean
}

/** The whole number that stands in a field; undefined where there is none from `least` to `most`. */
export function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = Number(text)
  return /^\d+$/.test(text.trim()) && value >= least && value <= most ? value : undefined
}

/** A whole number, kept as it is written so that a half-written one is not lost. */
export function NumberField({ value, least, most, error, isOptional = false, ...rest }: NumberFieldProps) {
  const isWrong = wholeNumber(value, least, most) === undefined && !(isOptional && value.trim() === '')
  return <TextField {...rest} type="number" value={value} min={String(least)} max={String(most)} {...(isWrong ? { error } : {})} />
}
