/** The order of a channel's events, without a wire. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ChannelEvent, ChannelOrder } from '../src/channel-order.ts'
import { eventAt, repliedAt, typing } from './support/events.ts'

test('[CL7] the next offset is delivered, an earlier one dropped, a later one missed', () => {
  const order = new ChannelOrder({ offset: 4, epoch: 'e' })
  expect(order.take(eventAt(5))).toBe('deliver')
  expect(order.take(eventAt(5))).toBe('drop')
  expect(order.take(eventAt(2))).toBe('drop')
  expect(order.take(eventAt(7))).toBe('missed')
  expect(order.position).toEqual({ offset: 5, epoch: 'e' })
  order.moveTo({ offset: 7, epoch: 'e' })
  expect(order.take(eventAt(7))).toBe('drop')
  expect(order.take(eventAt(8))).toBe('deliver')
})

test('[CL7] without a position the first event says where the log is', () => {
  const order = new ChannelOrder(undefined)
  expect(order.take(eventAt(9))).toBe('deliver')
  expect(order.position).toEqual({ offset: 9, epoch: 'e' })
})

test('[CL7] an event of another log is missed whatever its offset', () => {
  const order = new ChannelOrder({ offset: 4, epoch: 'e' })
  expect(order.take(eventAt(5, 'f'))).toBe('missed')
  expect(order.take(eventAt(1, 'f'))).toBe('missed')
})

test('[CL7] typing has no place in the order', () => {
  const order = new ChannelOrder({ offset: 4, epoch: 'e' })
  expect(order.take(typing)).toBe('deliver')
  expect(order.take(typing)).toBe('deliver')
  expect(order.position?.offset).toBe(4)
})

test('[CL7] the counts of a parent come beside the reply, also late, and never go back', () => {
  const order = new ChannelOrder({ offset: 4, epoch: 'e' })
  expect(order.take(eventAt(5))).toBe('deliver')
  expect(order.take(eventAt(6))).toBe('deliver')
  expect(order.take(repliedAt(5))).toBe('deliver')
  expect(order.take(repliedAt(6))).toBe('deliver')
  expect(order.take(repliedAt(5))).toBe('drop')
  expect(order.position?.offset).toBe(6)
})

test('[CL7] in whatever order events come, those delivered are in order, and none twice', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 }), (offsets) => {
      const order = new ChannelOrder({ offset: 0, epoch: 'e' })
      const delivered = offsets.map((offset) => eventAt(offset)).filter((event) => order.take(event) === 'deliver')
      expect(delivered.map((event: ChannelEvent) => event.offset)).toEqual(delivered.map((_, index) => index + 1))
    }),
  )
})
