/** Guessing passwords slows down, and whom it does not slow down. */
import { ProtocolError } from '@sallyport/protocol'
import { expect, test } from 'vitest'
import { createThrottle, networkOf } from '../src/auth/throttle.ts'

function start() {
  let now = 1_000_000
  const throttle = createThrottle({ clock: { now: () => now } })
  let host = 0
  const wrong = async () => {
    throw new ProtocolError('invalid-credentials')
  }
  const guess = async (address: string, check: () => Promise<unknown> = wrong, account = 'ana@example.org') => {
    try {
      await throttle.guess(address, account, check)
      return { code: 'right', seconds: 0 }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      return { code: error.code, seconds: error.retryAfter ?? 0 }
    }
  }
  return {
    guess,
    right: async () => 'in',
    pass: (ms: number) => {
      now += ms
    },
    /** An address that was never used before. */
    stranger: () => {
      host += 1
      return `10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`
    },
  }
}

test('[AU14] after 20 wrong guesses from anywhere an account pauses for strangers, longer each time, a quarter of an hour at most', async () => {
  const { guess, right, pass, stranger } = start()
  for (let n = 0; n < 20; n += 1) expect((await guess(stranger())).code).toBe('invalid-credentials')
  const pauses: number[] = []
  for (let n = 0; n < 9; n += 1) {
    expect((await guess(stranger())).code).toBe('invalid-credentials')
    const { code, seconds } = await guess(stranger(), right)
    expect(code).toBe('rate-limited')
    pauses.push(seconds)
    pass(seconds * 1_000)
  }
  expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 900, 900])
  expect((await guess(stranger(), right)).code, 'the right password after the pause').toBe('right')
  expect((await guess(stranger())).code, 'and the count begins anew').toBe('invalid-credentials')
  expect((await guess(stranger(), right)).code).toBe('right')
})

test('[AU14] many guesses at once pass no further than one after the other', async () => {
  const { guess, stranger } = start()
  const outcomes = await Promise.all(Array.from({ length: 60 }, () => guess(stranger())))
  expect(outcomes.filter(({ code }) => code === 'invalid-credentials')).toHaveLength(21)
})

test('[AU14] strangers do not lock out an address that signed in before, nor another account', async () => {
  const { guess, right, stranger } = start()
  const home = stranger()
  await guess(home, right)
  for (let n = 0; n < 40; n += 1) await guess(stranger())
  expect((await guess(stranger(), right)).code).toBe('rate-limited')
  expect((await guess(home, right)).code).toBe('right')
  expect((await guess(stranger(), right)).code, 'a right password from home frees no stranger').toBe('rate-limited')
  expect((await guess(stranger(), right, 'bo@example.org')).code).toBe('right')
})

test('[AU14] a day without a guess and the count is forgotten; what is no guess does not count', async () => {
  const { guess, right, pass, stranger } = start()
  const broken = async () => {
    throw new ProtocolError('unavailable')
  }
  for (let n = 0; n < 40; n += 1) expect((await guess(stranger(), broken)).code).toBe('unavailable')
  for (let n = 0; n < 20; n += 1) await guess(stranger())
  pass(24 * 3_600_000)
  await guess(stranger())
  expect((await guess(stranger(), right)).code).toBe('right')
})

test('[AU3] one address has 10 wrong guesses at an account and 100 at all; right ones do not count', async () => {
  const { guess, right, stranger } = start()
  const [one, other] = [stranger(), stranger()]
  for (let n = 0; n < 200; n += 1) expect((await guess(one, right)).code).toBe('right')
  for (let n = 0; n < 10; n += 1) expect((await guess(one)).code).toBe('invalid-credentials')
  expect((await guess(one, right)).code).toBe('rate-limited')
  expect((await guess(other, right)).code).toBe('right')
  const spray = []
  for (let n = 0; n < 120; n += 1) spray.push((await guess(other, undefined, `user${n}@example.org`)).code)
  expect(spray.filter((code) => code === 'invalid-credentials')).toHaveLength(100)
})

test('[AU3] the addresses of one IPv6 customer count as one', async () => {
  const { guess } = start()
  const codes = []
  for (let n = 0; n < 15; n += 1) codes.push((await guess(`2001:db8:1:2:${n + 1}::${n}`)).code)
  expect(codes.filter((code) => code === 'invalid-credentials')).toHaveLength(10)
  expect((await guess('2001:db8:1:3::1')).code).toBe('invalid-credentials')
})

test('a network is an IPv4 address or the /64 of an IPv6 address, in every spelling', () => {
  const networks = [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['unknown', 'unknown'],
  ] as const
  for (const [address, network] of networks) expect(networkOf(address), address).toBe(network)
})
