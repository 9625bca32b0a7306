/** The browser of the tests: the machine's own, or Debian's, installed now where this may be done. */
import { existsSync } from 'node:fs'
import { installPackages } from './debian.mjs'

const usual = '/usr/bin/chromium'

/** Returns where Chromium is. CHROMIUM_PATH names another one. */
export async function installChromium(signal) {
  const path = process.env.CHROMIUM_PATH || usual
  if (!existsSync(path) && path === usual) await installPackages(['chromium'], signal)
  if (!existsSync(path)) throw new Error(`there is no Chromium at ${path}: install it, or name one in CHROMIUM_PATH`)
  return path
}
