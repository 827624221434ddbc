/** Which offsets of a document have been seen. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Offsets } from '../src/offsets.ts'

test('[CL14] an offset that was left out is a gap until it comes', () => {
  const offsets = new Offsets(3)
  offsets.see(4)
  expect(offsets.gap).toBe(false)
  offsets.see(6)
  expect(offsets.gap).toBe(true)
  offsets.see(5)
  expect(offsets.gap).toBe(false)
})

test('[CL14] the state closes a gap, also one that reaches beyond it', () => {
  const offsets = new Offsets(3)
  offsets.see(6)
  offsets.reset(5)
  expect(offsets.gap).toBe(false)
  offsets.see(7)
  expect(offsets.gap).toBe(false)
})

test('[CL14] any order of the same offsets, some of them twice, leaves no gap', () => {
  const orders = fc.shuffledSubarray([1, 1, 2, 3, 4, 4, 5, 6], { minLength: 8 })
  fc.assert(
    fc.property(orders, (order) => {
      const offsets = new Offsets(0)
      for (const offset of order) offsets.see(offset)
      expect(offsets.gap).toBe(false)
    }),
  )
})
