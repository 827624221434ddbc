/** Text fields: what is stored is already clean. Lengths are counted in code points after normalisation. */
import { z } from 'zod'
import { limits } from './limits.ts'

// Control characters but tab and line feed, bidirectional overrides and isolates (CVE-2021-42574), and byte-order marks.
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const unwanted = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g

function clean(value: string): string {
  return value.replaceAll('\r\n', '\n').replace(unwanted, '').normalize('NFC').trim()
}

function codePoints(value: string): number {
  let count = 0
  for (const _ of value) count += 1
  return count
}

/** Plain text: control and direction-override characters removed, NFC, trimmed, `min` to `max` code points. */
export function text(max: number, min = 0) {
  return z
    .string()
    .max(max * 8, `must be ${max} characters at most`)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
    .transform(clean)
    .refine((value) => codePoints(value) >= min, min === 1 ? 'must not be empty' : `must be at least ${min} characters`)
    .refine((value) => codePoints(value) <= max, `must be ${max} characters at most`)
    .meta({ description: `plain text, ${min} to ${max} characters` })
}

/** One line of plain text. */
export function line(max: number, min = 1) {
  return text(max, min).transform((value) => value.replaceAll(/\s+/g, ' '))
}

/** An e-mail address, lower-cased: the one spelling under which an account is stored. */
export const email = z
  .string()
  .max(limits.email)
  .transform((value) => value.trim().toLowerCase())
  .refine((value) => /^[^\s@<>"'\\]{1,64}@[^\s@<>"'\\]{1,189}$/.test(value), 'must be an e-mail address')
  .meta({ description: 'e-mail address' })

/** Bytes of well-formed text as UTF-8. */
function utf8Bytes(value: string): number {
  let count = 0
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0
    count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return count
}

/** A new password: its length is counted in bytes, it is never trimmed, normalised or cut. */
export const newPassword = z
  .string()
  .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
  .refine((value) => utf8Bytes(value) >= limits.passwordMin, `must be at least ${limits.passwordMin} characters`)
  .refine((value) => utf8Bytes(value) <= limits.passwordMax, `must be ${limits.passwordMax} bytes at most`)
  .meta({ description: `password, ${limits.passwordMin} to ${limits.passwordMax} bytes` })
