import { insertKeptAnswer, type KeptAnswer } from '../store/kept-answers.ts'
import type { Context } from './context.ts'

/** Keeps what a caller was answered, so that the same call sent again gets the same answer. */
export async function keepAnswer({ db }: Context, answer: KeptAnswer): Promise<void> {
  await db.transaction((tx) => insertKeptAnswer(tx, answer))
}
