/** The delays between tries. */
import { expect, test } from 'vitest'
import { backOff } from '../src/back-off.ts'

const bounds = { delayMs: 500, delayMaxMs: 10_000 }

test('[CL3] the delay doubles up to its maximum', () => {
  expect([0, 1, 2, 3, 4, 5, 1_000].map((attempt) => backOff(bounds, attempt, 1))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
  ])
})

test('[CL3] the delay is spread over its upper half', () => {
  expect(backOff(bounds, 2, 0)).toBe(1_000)
  expect(backOff(bounds, 2, 0.5)).toBe(1_500)
})

test('[CL3] the delay is never shorter than the server asks for, and spread beyond that', () => {
  expect(backOff(bounds, 0, 0, 30)).toBe(30_000)
  expect(backOff(bounds, 0, 1, 30)).toBe(30_500)
  expect(backOff(bounds, 5, 1, 1)).toBe(10_000)
})
